// Keeps large arrays in the page under an id, so that the figures that use them can be redrawn for a few hundred bytes.
import { comeFrom } from "../shared/wanted.js";
import { fromHalves } from "../shared/halves.js";
import { isNewest } from "../shared/newest.js";
import { unpacked } from "../shared/steps.js";
import { keep } from "../shared/stored.js";
import { mayAsk } from "../streamlit/presses.js";
import { servedLayer } from "./served_layers.js";

/** @import { Mount } from "../shared/mounted.js" */
/** @import { Turn } from "../shared/newest.js" */
/** @import { Entry } from "../shared/stored.js" */
/** @import { Wanted } from "../shared/wanted.js" */

/** As Streamlit delivers an array: an Arrow table of one column. @typedef {{ getChildAt: (at: number) => { toArray: () => unknown } }} Table */
/** Where what is wanted comes in: from whom, and of which recording; `layers` is the address of its layers, if they have one. @typedef {{ key: string, recording: string, layers?: string }} Asks */
/** What Python gives: an entry's numbers and names, and its 1-D arrays by name. @typedef {{ meta: { id: string, numHeads?: number }, asks?: Asks, turn?: Turn } & Record<string, Table>} StoreData */
/** @typedef {(wanted: Wanted & { recording: string }) => void} Tell */

const AGAIN_MS = 50;

/** On their way over HTTP. @type {Set<string>} */
const coming = new Set();
/** Recordings of which a run of the script brings layers. @type {Set<string>} */
const byScript = new Set();

/** @param {Mount<StoreData>} mount */
export default function ({ data, parentElement, setTriggerValue }) {
  if (!data) return;
  const { meta, asks, turn, ...tables } = data;
  if (!isNewest(parentElement, turn)) return;
  if (meta) keep(entryOf(meta, columnsOf(tables)));
  if (asks) comeFrom(asks.key, (wanted) => ask(asks, wanted, (told) => setTriggerValue("want", told)));
}

/**
 * A layer over HTTP if it can be; all else, and what the server no longer has, by a run of the script.
 *
 * @param {Asks} asks
 * @param {Wanted} wanted
 * @param {Tell} tell
 */
function ask({ recording, layers }, wanted, tell) {
  const { layer } = wanted;
  if (!layers || layer === undefined) tell({ recording, ...wanted });
  else if (layer !== null) void bring(layers, recording, layer, tell);
  else if (byScript.has(recording)) tell({ recording, layer });
}

/**
 * @param {string} address
 * @param {string} recording
 * @param {number} layer
 * @param {Tell} tell
 */
async function bring(address, recording, layer, tell) {
  const name = `${recording}/${layer}`;
  if (coming.has(name)) return;
  coming.add(name);
  const found = await servedLayer(address, recording, layer);
  if (found) keep(entryOf(found.meta, found.arrays));
  else {
    byScript.add(recording);
    while (!mayAsk()) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    tell({ recording, layer });
  }
  coming.delete(name);
}

/** @param {Record<string, Table>} tables */
function columnsOf(tables) {
  return Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, table.getChildAt(0).toArray()]));
}

/**
 * @param {StoreData["meta"]} meta
 * @param {Record<string, unknown>} arrays
 */
function entryOf(meta, arrays) {
  const { numHeads = 1 } = meta;
  const { qStep, kStep, ...others } = /** @type {Record<string, any>} */ (arrays);
  if (qStep) others.q = unpacked(others.q, qStep, numHeads);
  if (kStep) others.k = unpacked(others.k, kStep, numHeads);
  if (others.values instanceof Uint16Array) others.values = fromHalves(others.values);
  if (others.q) others.k ??= others.q; // self-attention without projections sends one array
  return /** @type {Entry} */ ({ ...meta, ...others });
}
