// Calls a function of a module in assets/ for node.py: what to call comes as JSON, and so goes what it returns.
import { readFileSync } from "node:fs";

/** @typedef {{ module: string, function: string, arguments: unknown[] }} Call */

/** @type {Call} */
const asked = JSON.parse(readFileSync(0, "utf8"), (_, value) => {
  if (value?.float64) return Float64Array.from(value.float64);
  return value?.float32 ? Float32Array.from(value.float32) : value;
});
const module = await import(new URL(`../../assets/${asked.module}`, import.meta.url).href);
const returned = module[asked.function](...asked.arguments);
process.stdout.write(
  JSON.stringify(returned, (_, value) => (ArrayBuffer.isView(value) ? Array.from(/** @type {Float32Array} */ (value)) : value)),
);
