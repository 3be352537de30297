// Keeps the arrays that a run of the script brings in the page's store, so that figures can be redrawn for a few hundred bytes.
import { isNewest } from "../shared/newest.js";
import { keep } from "../shared/stored.js";

/** @import { Mount } from "../shared/mounted.js" */
/** @import { Turn } from "../shared/newest.js" */
/** @import { Entry } from "../shared/stored.js" */

/** As Streamlit delivers an array: an Arrow table of one column. @typedef {{ getChildAt: (at: number) => { toArray: () => unknown } }} Table */
/** What Python gives: an entry's numbers and names, and its 1-D arrays by name. @typedef {{ meta: { id: string }, turn?: Turn } & Record<string, Table>} StoreData */

/** @param {Mount<StoreData>} mount */
export default function ({ data, parentElement }) {
  if (!data) return;
  const { meta, turn, ...tables } = data;
  if (!isNewest(parentElement, turn)) return;
  const arrays = Object.entries(tables).map(([name, table]) => [name, table.getChildAt(0).toArray()]);
  keep(/** @type {Entry} */ (/** @type {unknown} */ ({ ...meta, ...Object.fromEntries(arrays) })));
}
