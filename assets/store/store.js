// Keeps large arrays in the page under an id, so that the figures that use them can be redrawn for a few hundred bytes.
import { comeFrom } from "../shared/layers_wanted.js";
import { float32 } from "../shared/half.js";
import { keep } from "../shared/stored.js";

/** @import { Mount } from "../shared/mounted.js" */
/** @import { Entry } from "../shared/stored.js" */

/** As Streamlit delivers an array: an Arrow table of one column. @typedef {{ getChildAt: (at: number) => { toArray: () => unknown } }} Table */
/** Where the other layers come in: for which exploration, and of which recording. @typedef {{ key: string, recording: string }} Asks */
/** What Python gives: an entry's numbers and names, which of its arrays are float16, and its 1-D arrays by name. @typedef {{ meta: { id: string, halves?: string[] }, asks?: Asks } & Record<string, Table>} StoreData */

/** @param {Mount<StoreData>} mount */
export default function ({ data, setTriggerValue }) {
  if (!data) return;
  const { meta, asks, ...tables } = data;
  if (meta) keep(entryOf(meta, tables));
  if (asks) comeFrom(asks.key, (layer) => setTriggerValue("want", { recording: asks.recording, layer }));
}

/**
 * @param {StoreData["meta"]} meta
 * @param {Record<string, Table>} tables
 */
function entryOf({ halves = [], ...entry }, tables) {
  const arrays = Object.fromEntries(
    Object.entries(tables).map(([name, table]) => {
      const values = table.getChildAt(0).toArray();
      return [name, halves.includes(name) ? float32(/** @type {Uint16Array} */ (values)) : values];
    }),
  );
  if (arrays.q) arrays.k ??= arrays.q; // self-attention without projections sends one array
  return /** @type {Entry} */ ({ ...entry, ...arrays });
}
