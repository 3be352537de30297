// The multi-head figure. data = { x, concat, output, W_0, b_0: rows of numbers (the last two may be null); contributions: rows for each
// head; heads: [{ q, k, v, scores, scaled, weights, output, W_q, …, b_v, blocked, on }]; split, names: { x }, captions, row, column,
// followed, pair, name, file }.
import { HeadsView } from "./heads_view.js";

const views = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let view = views.get(parentElement);
  if (!view) {
    view = new HeadsView(parentElement.querySelector(".regard-heads-figure"));
    views.set(parentElement, view);
  }
  view.send = (choice) => setTriggerValue("choice", choice);
  if (data) view.show(data);
  return () => views.delete(parentElement);
}
