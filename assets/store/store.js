// Keeps large arrays in the page under an id, so that the figures that use them can be redrawn for a few hundred bytes.
import { comeFrom } from "../shared/wanted.js";
import { fromHalves } from "../shared/halves.js";
import { unpacked } from "../shared/steps.js";
import { keep } from "../shared/stored.js";

/** @import { Mount } from "../shared/mounted.js" */
/** @import { Entry } from "../shared/stored.js" */

/** As Streamlit delivers an array: an Arrow table of one column. @typedef {{ getChildAt: (at: number) => { toArray: () => unknown } }} Table */
/** Where what is wanted comes in: from whom, and of which recording. @typedef {{ key: string, recording: string }} Asks */
/** What Python gives: an entry's numbers and names, and its 1-D arrays by name. @typedef {{ meta: { id: string, numHeads?: number }, asks?: Asks } & Record<string, Table>} StoreData */

/** @param {Mount<StoreData>} mount */
export default function ({ data, setTriggerValue }) {
  if (!data) return;
  const { meta, asks, ...tables } = data;
  if (meta) keep(entryOf(meta, tables));
  if (asks) comeFrom(asks.key, (wanted) => setTriggerValue("want", { recording: asks.recording, ...wanted }));
}

/**
 * @param {StoreData["meta"]} meta
 * @param {Record<string, Table>} tables
 */
function entryOf(meta, tables) {
  const arrays = Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, table.getChildAt(0).toArray()]));
  const { numHeads = 1 } = meta;
  const { qStep, kStep, ...others } = /** @type {Record<string, any>} */ (arrays);
  if (qStep) others.q = unpacked(others.q, qStep, numHeads);
  if (kStep) others.k = unpacked(others.k, kStep, numHeads);
  if (others.values instanceof Uint16Array) others.values = fromHalves(others.values);
  if (others.q) others.k ??= others.q; // self-attention without projections sends one array
  return /** @type {Entry} */ ({ ...meta, ...others });
}
