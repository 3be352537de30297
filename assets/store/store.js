// Keeps large arrays in the page under an id, so that the figures that use them can be redrawn for a few hundred bytes.
// data = { meta: { id, … }, and 1-D arrays by name }; Streamlit delivers the arrays as Arrow tables of one column.
import { keep } from "../shared/stored.js";

export default function ({ data }) {
  if (!data?.meta) return;
  const entry = { ...data.meta };
  for (const [name, value] of Object.entries(data)) if (name !== "meta") entry[name] = value.getChildAt(0).toArray();
  entry.k ??= entry.q; // self-attention without projections sends one array
  keep(entry);
}
