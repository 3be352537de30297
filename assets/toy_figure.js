// The x1..xN figure of the lessons. data = { x, z, q, k, v, scores, scaled, weights, output: rows of numbers; blocked: rows of
// booleans; normalise, projected, cross, scale, names: { x, z, y }, captions, row, step, pair, steps: [{ title, text }], name, file }.
import { ToyView } from "./toy_view.js";

const toys = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let toy = toys.get(parentElement);
  if (!toy) {
    toy = new ToyView(parentElement.querySelector(".regard-toy"));
    toys.set(parentElement, toy);
  }
  toy.send = (choice) => setTriggerValue("choice", choice);
  if (data) toy.show(data);
  return () => toys.delete(parentElement);
}
