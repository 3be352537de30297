// Calls a function of a module in assets/ for node.py, once for each list of arguments.
//
// Arguments and results are JSON. JSON has no ∞ and no NaN, so they are passed as text in both directions.
import { readFileSync } from "node:fs";

/** @typedef {{ module: string, function: string, arguments: unknown[][] }} Call */

const NOT_IN_JSON = ["Infinity", "-Infinity", "NaN"];

/** @type {Call} */
const asked = JSON.parse(readFileSync(0, "utf8"), (_, value) => {
  if (NOT_IN_JSON.includes(value)) return Number(value);
  if (value?.float64) return Float64Array.from(value.float64);
  return value?.float32 ? Float32Array.from(value.float32) : value;
});
const module = await import(new URL(`../../assets/${asked.module}`, import.meta.url).href);
const returned = asked.arguments.map((each) => module[asked.function](...each));
process.stdout.write(
  JSON.stringify(returned, (_, value) => {
    if (ArrayBuffer.isView(value)) return Array.from(/** @type {Float32Array} */ (value));
    return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  }),
);
