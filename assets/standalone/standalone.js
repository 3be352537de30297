// A page of its own with the explorer in it, as `record.show` writes it: no server, no network, one file.
import { Explorer } from "../explorer/view.js";
import { recordId } from "../explorer/weights.js";
import { find } from "../shared/elements.js";
import { comeFrom } from "../shared/layers_wanted.js";
import { unpacked } from "../shared/steps.js";
import { keep } from "../shared/stored.js";

/** @import { ExplorerData } from "../explorer/exploration.js" */

/** @typedef {string} Encoded little-endian numbers, in base64 */
/** float32, or int16 multiples of a step for each channel. @typedef {{ floats: Encoded } | { multiples: Encoded, steps: Encoded }} Packed */

/**
 * @typedef {object} LayerArrays
 * @property {Packed} q
 * @property {Packed | null} k null where it is q
 * @property {Encoded} logSumExp float32, at temperature 1
 * @property {number} numHeads
 * @property {number} numTokens
 * @property {number} headDim
 * @property {number} scale
 */

/**
 * @typedef {object} PageData
 * @property {{ bytes: string, type: string }} picture bytes in base64
 * @property {Pick<ExplorerData, "alt" | "name" | "model" | "grid" | "layers" | "opening" | "settings">} explorer
 */

const NAME = "page"; // of the exploration, and of what it is of
/** What such a page has none of, or all of. */
const WITHOUT_SERVER = {
  key: NAME,
  linked: false,
  served: false,
  recording: NAME,
  picture: "picture",
  inBrowser: true,
  allLayers: true,
  rollout: false,
  given: null,
  version: 0,
  changes: {},
};

/** @param {Document} page */
export function open(page) {
  /** @type {PageData} */
  const { picture, explorer } = JSON.parse(taken(page, "page"));
  const data = { ...explorer, ...WITHOUT_SERVER, defaults: explorer.settings };
  keep({ id: data.picture, kind: "picture", type: picture.type, bytes: bytesOf(picture.bytes) });
  comeFrom(NAME, (layer) => keepLayer(data, layer, JSON.parse(taken(page, `layer-${layer}`))));
  new Explorer(find(page, ".regard-explorer")).show(data);
}

/**
 * @param {ExplorerData} data
 * @param {number} layer
 * @param {LayerArrays} arrays
 */
function keepLayer(data, layer, { q, k, logSumExp, numHeads, ...sizes }) {
  const queries = numbersOf(q, numHeads);
  const keys = k === null ? queries : numbersOf(k, numHeads);
  const about = { id: recordId(data, layer), recording: NAME, ...sizes };
  keep({ ...about, kind: "record", q: queries, k: keys, logSumExp: floatsOf(logSumExp) });
}

/**
 * @param {Packed} packed
 * @param {number} heads
 */
function numbersOf(packed, heads) {
  if ("floats" in packed) return floatsOf(packed.floats);
  return unpacked(new Int16Array(bytesOf(packed.multiples).buffer), floatsOf(packed.steps), heads);
}

/** @param {Encoded} base64 */
const floatsOf = (base64) => new Float32Array(bytesOf(base64).buffer);

/**
 * The text of a script that is data, which the page needs only once.
 *
 * @param {Document} page
 * @param {string} id
 */
function taken(page, id) {
  const script = page.getElementById(id);
  script?.remove();
  return script?.textContent ?? "";
}

/** @param {string} base64 */
function bytesOf(base64) {
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at);
  return bytes;
}
