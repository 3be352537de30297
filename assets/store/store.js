// Keeps large arrays in the page under an id, so that the figures that use them can be redrawn for a few hundred bytes.
import { keep } from "../shared/stored.js";

/** @import { Mount } from "../shared/mounted.js" */
/** @import { Entry } from "../shared/stored.js" */

/** As Streamlit delivers an array: an Arrow table of one column. @typedef {{ getChildAt: (at: number) => { toArray: () => unknown } }} Table */
/** What Python gives: an entry's numbers and names, and its 1-D arrays by name. @typedef {{ meta: { id: string } } & Record<string, Table>} StoreData */

/** @param {Mount<StoreData>} mount */
export default function ({ data }) {
  if (!data?.meta) return;
  const { meta, ...tables } = data;
  const arrays = Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, table.getChildAt(0).toArray()]));
  if (arrays.q) arrays.k ??= arrays.q; // self-attention without projections sends one array
  keep(/** @type {Entry} */ ({ ...meta, ...arrays }));
}
