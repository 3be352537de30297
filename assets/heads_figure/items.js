// The multi-head figure, bottom to top: x, the heads, their outputs side by side, and W_0 that joins them to y.
import { worded } from "../lesson_figure/lettering.js";
import { boxOf } from "../lesson_figure/matrix.js";
import { frame } from "../lesson_figure/shapes.js";
import { edits, grid } from "./cells.js";
import { joinOf } from "./join.js";
import { lensOf } from "./lens.js";
import { panelsOf } from "./panel.js";
import { wiresOf } from "./wires.js";

/** @import { Item } from "../lesson_figure/draw.js" */
/** @import { BracketItem } from "../lesson_figure/shapes.js" */
/** @import { Shown } from "./trace.js" */

/** @param {Shown} shown @returns {Item[]} */
export const itemsOf = (shown) => [...panelsOf(shown), ...wiresOf(shown), ...input(shown), ...lensOf(shown), ...joinOf(shown)];

/** @param {Shown} shown @returns {Item[]} */
function input(shown) {
  const { data, layout, at } = shown;
  const [first, columns] = data.split ? [at.followed * layout.headDim, layout.headDim] : [0, layout.input.columns];
  const read = (/** @type {number} */ c) => c >= first && c < first + columns;
  const cells = grid(shown, {
    ...{ key: "x", at: layout.input, values: data.x, role: "x" },
    cellOf: (i, c) => ({
      name: `x/${i}/${c}`,
      edits: edits(shown, `X/${i}/${c}`),
      className: read(c) && (i === at.pair || i === at.row) ? "lit" : "",
    }),
  });
  return [
    cells,
    ...inputNames(shown),
    ...reading(shown),
    frame("x-key", boxOf(layout.input, { row: at.pair, column: first, columns }), "k", { grow: 2.5 }),
    frame("x-query", boxOf(layout.input, { row: at.row, column: first, columns }), "q"),
  ];
}

/** @param {Shown} shown @returns {Item[]} */
function inputNames({ data, layout, at }) {
  const { input: place, names } = layout;
  const legible = place.row >= layout.label * 0.95; // in lower rows the names would overlap
  const apart = (/** @type {number} */ i) => Math.abs(i - at.row) * place.row >= layout.label * 0.95;
  return data.names.x.flatMap((text, i) => {
    const y = place.yOf(i) + place.row / 2;
    const className = `name token ${i === at.row ? "q" : "x"}`;
    if (!legible && i !== at.row && !(i === at.pair && apart(i))) return [];
    /** @type {Item} */
    const name = { kind: "label", key: `x-name/${i}`, name: `row/${i}`, text, x: place.x - names * 0.5, y, className };
    const caption = data.captions[i];
    if (!caption || !layout.captionWidth || !legible) return [name];
    const looks = { text: caption, anchor: "end", className: "caption" };
    return [name, { kind: "label", key: `caption/${i}`, x: place.x - names, y, ...looks }];
  });
}

/** Brackets below x: the columns that each head reads. @param {Shown} shown @returns {Item[]} */
function reading({ data, layout, at }) {
  const { input: place, headDim, compact, label } = layout;
  /** @param {string} key @param {{ x: number, width: number }} box @param {string[]} wordings @param {number} spare @returns {BracketItem} */
  const bracket = (key, { x, width }, wordings, spare, className = "") => ({
    ...{ kind: "bracket", key, x, y: place.y + place.height + 2, length: width, side: "below", letters: label, className },
    text: worded(wordings, compact ? 0 : width + spare, label),
  });
  const all = [`every head reads all ${place.columns} columns`, `all ${place.columns} columns`, "all of x"];
  if (!data.split) return [bracket("piece/all", place, all, 0)];
  return data.heads.map((_, h) => {
    const piece = boxOf(place, { column: h * headDim, columns: headDim });
    return bracket(`piece/${h}`, piece, [`head ${h}`, `${h}`], 4, h === at.followed ? "lit" : "");
  });
}
