// Layers over HTTP, where the server has them so (ui/components/served.py).
/** Types of numbers as safetensors calls them. @type {Record<string, { new (buffer: ArrayBuffer, from: number, length: number): ArrayBufferView, BYTES_PER_ELEMENT: number }>} */
const TYPES = { F32: Float32Array, I16: Int16Array, U8: Uint8Array };
const TYPE = "application/octet-stream";
const LENGTH_BYTES = 8;

/**
 * What the store keeps of a layer, as it was sent; null where the server does not have it.
 *
 * @param {string} address
 * @param {string} recording
 * @param {number} layer
 */
export async function servedLayer(address, recording, layer) {
  const headers = { "regard-recording": encodeURIComponent(recording) };
  try {
    const answer = await fetch(`${address}/${layer}`, { headers });
    const isFile = answer.ok && answer.headers.get("content-type") === TYPE; // and no page that stands for all addresses
    return isFile ? opened(await answer.arrayBuffer()) : null;
  } catch {
    return null; // the line was cut, before the answer or in its midst
  }
}

/**
 * A file in the format of safetensors: its "entry", and its 1-D arrays by name.
 *
 * @param {ArrayBuffer} file
 * @returns {{ meta: any, arrays: Record<string, ArrayBufferView> }}
 */
export function opened(file) {
  const length = Number(new DataView(file).getBigUint64(0, true));
  const { __metadata__: said, ...tensors } = JSON.parse(new TextDecoder().decode(new Uint8Array(file, LENGTH_BYTES, length)));
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
  return { meta: JSON.parse(said.entry), arrays: Object.fromEntries(arrays) };
}
