// The attention canvas: hover a patch and its exact row of weights is drawn over the picture in the same frame.
// data = { picture, record, normalisers: ids in the store; grid, prefix, heads, combine, head, query, direction,
// temperature, opacity, scale, colourMap, gridLines, pin, opening, alt, name }.
import { AttentionView } from "./view.js";

const views = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  let view = views.get(parentElement);
  if (!view) {
    view = new AttentionView(parentElement.querySelector(".regard-canvas"));
    views.set(parentElement, view);
  }
  view.setState = setStateValue;
  if (data) view.show(data);
  return () => {
    view.close();
    views.delete(parentElement);
  };
}
