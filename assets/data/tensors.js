// Answers of the server as the page's store keeps them.
import { fromHalves } from "../maths/halves.js";
import { unpacked } from "../maths/steps.js";

/** @import { Entry } from "./stored.js" */
/** @import { Wanted } from "./wanted.js" */

/** Types of numbers as safetensors calls them. @type {Record<string, { new (buffer: ArrayBuffer, from: number, length: number): ArrayBufferView, BYTES_PER_ELEMENT: number }>} */
const TYPES = { F32: Float32Array, I16: Int16Array, U16: Uint16Array, I32: Int32Array, U8: Uint8Array };
const LENGTH_BYTES = 8;

/**
 * Open a file in the format of safetensors: what its metadata call "entry", and its 1-D arrays by name.
 *
 * @param {ArrayBuffer} file
 * @returns {{ entry: Record<string, any>, arrays: Record<string, ArrayBufferView> }}
 */
export function opened(file) {
  const length = Number(new DataView(file).getBigUint64(0, true));
  const { __metadata__: metadata, ...tensors } = JSON.parse(
    new TextDecoder().decode(new Uint8Array(file, LENGTH_BYTES, length)),
  );
  const arrays = Object.entries(tensors).map(
    ([
      name,
      {
        dtype,
        data_offsets: [begin, end],
      },
    ]) => {
      const Numbers = TYPES[dtype];
      return [name, new Numbers(file, LENGTH_BYTES + length + begin, (end - begin) / Numbers.BYTES_PER_ELEMENT)];
    },
  );
  return { entry: JSON.parse(metadata.entry), arrays: Object.fromEntries(arrays) };
}

/**
 * Return the store's entry for an answer. 16-bit steps become 32-bit numbers; keys equal to the queries are stored once.
 *
 * @param {Wanted} wanted
 * @param {{ entry: Record<string, any>, arrays: Record<string, any> }} answer
 */
export function entryOf(wanted, { entry, arrays }) {
  const { numHeads = 1 } = entry;
  const { qStep, kStep, ...others } = arrays;
  if (qStep) others.q = unpacked(others.q, qStep, numHeads);
  if (kStep) others.k = unpacked(others.k, kStep, numHeads);
  if (others.values instanceof Uint16Array) others.values = fromHalves(others.values);
  if (others.q) others.k ??= others.q; // self-attention without projections sends one array
  return /** @type {Entry} */ (/** @type {unknown} */ ({ id: wanted.id, ...wanted.entry, ...entry, ...others }));
}
