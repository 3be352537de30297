// Where the keyboard can stand in the multi-head figure: one stop of the Tab key for the numbers of y, one for the heads, one for the
// followed row of weights, one for the parts of the followed head; arrows go on from there.
import { describe } from "./words.js";
import { setAttributes } from "../shared/svg_scene.js";

export class Stops {
  constructor(svg) {
    this.svg = svg;
    this.marked = new Map();
  }

  /** at: the choice completed; choice: as it was made, null where it was left open. */
  mark(data, at, choice) {
    const headDim = data.x[0].length / data.heads.length;
    const wanted = new Map();
    const add = (name, stop, chosen, pressed = chosen) => wanted.set(name, { stop, chosen, pressed });
    data.output.forEach((row, i) => row.forEach((_, c) => add(`y/${i}/${c}`, "y", i === at.row && c === at.column)));
    data.heads.forEach((_, h) => add(`head/${h}`, "head", h === at.followed, h === choice.followed));
    data.x.forEach((_, j) => add(`head/${at.followed}/w/${at.row}/${j}`, "weight", j === at.pair, j === choice.pair));
    for (let part = 0; part < headDim; part += 1)
      add(`concat/${at.row}/${at.followed * headDim + part}`, "part", part === at.part, part === choice.part);
    const nodes = new Map([...this.svg.querySelectorAll("[data-name]")].map((node) => [node.dataset.name, node]));
    for (const [name, node] of this.marked) if (!wanted.has(name) || nodes.get(name) !== node) clear(node);
    this.marked = new Map();
    for (const [name, asked] of wanted) this.markOne(nodes.get(name), name, asked, data);
  }

  markOne(node, name, { stop, chosen, pressed }, data) {
    const says = { "aria-label": describe(name, data), "aria-pressed": String(pressed) };
    setAttributes(node, { role: "button", tabindex: chosen ? 0 : -1, ...says });
    node.dataset.stop = stop;
    this.marked.set(name, node);
  }

  /** The keyboard's place follows the choice. */
  focus(stop) {
    this.svg.querySelector(`[data-stop="${stop}"][tabindex="0"]`)?.focus();
  }
}

function clear(node) {
  setAttributes(node, { role: null, tabindex: null, "aria-label": null, "aria-pressed": null, "data-stop": null });
}
