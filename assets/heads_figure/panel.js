// One head of the multi-head figure: its weights beside its output, and below them its queries and keys beside its values.
import { allAlike, worded } from "../lesson_figure/lettering.js";
import { boxOf } from "../lesson_figure/matrix.js";
import { emptyGrid, frame } from "../lesson_figure/shapes.js";
import { largestOf } from "../figures/numbers.js";
import { grid } from "./cells.js";
import { STEPS, scoresOf } from "./trace.js";

/** @import { Item } from "../lesson_figure/draw.js" */
/** @import { GridItem } from "../lesson_figure/grid.js" */
/** @import { Box, Matrix } from "../lesson_figure/matrix.js" */
/** @import { Rows, Shown } from "./trace.js" */

const FAINT = 0.6; // a head that is off

/**
 * @typedef {object} Quantity
 * @property {"q" | "k" | "w" | "v" | "out"} name
 * @property {"q" | "k" | "v" | "weights" | "output"} field
 * @property {string} role
 * @property {number} since the first step that shows it
 */

/** @type {Quantity[]} */
const QUANTITIES = [
  { name: "q", field: "q", role: "q", since: STEPS.read },
  { name: "k", field: "k", role: "k", since: STEPS.read },
  { name: "w", field: "weights", role: "w", since: STEPS.scores },
  { name: "v", field: "v", role: "v", since: STEPS.values },
  { name: "out", field: "output", role: "y", since: STEPS.values },
];

/** @typedef {Quantity & { rows: Rows[] } & Pick<GridItem, "largest" | "write">} Prepared a quantity with its values in each head */

/** @param {Shown} shown @returns {Item[]} */
export function panelsOf(shown) {
  const quantities = QUANTITIES.map((quantity) => prepared(shown, quantity));
  return shown.data.heads.flatMap((head, h) => [
    panel(shown, h),
    ...quantities.flatMap((quantity) => {
      const place = shown.layout.heads[h][quantity.name];
      if (place.cell < 1) return []; // no room
      return [shown.step < quantity.since ? emptyGrid(`${h}/${quantity.name}`, place) : cells(shown, h, quantity, place)];
    }),
    ...letters(shown, h),
    ...frames(shown, h, shown.at.followed === h ? 1 : head.on ? 0.55 : 0.3),
    ...(head.on ? [] : [cross(shown, h)]),
  ]);
}

/**
 * Give all heads one colour scale and one size of digits.
 *
 * @param {Shown} shown
 * @param {Quantity} quantity
 * @returns {Prepared}
 */
function prepared({ data, layout, step, type }, quantity) {
  const { name, field } = quantity;
  const scores = name === "w" && step === STEPS.scores;
  const rows = data.heads.map((head) => (scores ? scoresOf(head) : head[field]));
  const alike = name === "q" || name === "k" ? data.heads.flatMap(({ q, k }) => [...q, ...k]) : rows.flat();
  const largest = name === "w" && !scores ? 1 : largestOf(rows.flat());
  return { ...quantity, rows, largest, write: allAlike(alike, layout.heads[0][name].cell, type) };
}

/** @param {Shown} shown @param {number} h @param {Prepared} quantity @param {Matrix} place */
function cells(shown, h, { name, role, rows, largest, write }, place) {
  const { data, at, step } = shown;
  const { on, blocked } = data.heads[h];
  const followed = at.followed === h;
  /** @type {Record<Quantity["name"], (i: number, j: number) => boolean>} */
  const lit = {
    q: (i) => followed && i === at.row,
    k: (i) => followed && i === at.pair,
    w: (i, j) => i === at.row && (!followed || j === at.pair),
    v: (_, c) => followed && c === at.part,
    out: (i, c) => i === at.row && (!followed || c === at.part),
  };
  const letter = name === "w" && step === STEPS.scores ? "s" : name;
  return grid(shown, {
    ...{ key: `head/${h}/${name}`, at: place, values: rows[h], largest, role, write, opacity: on ? 1 : FAINT },
    cellOf: (i, j) => ({
      name: `head/${h}/${letter}/${i}/${j}`,
      className: `${lit[name](i, j) ? "lit" : ""} ${name === "w" && blocked[i][j] ? "masked" : ""}`,
    }),
  });
}

/** @param {Shown} shown @param {number} h @returns {Item} */
function panel({ data, layout, at }, h) {
  const className = `panel ${at.followed === h ? "followed" : ""} ${data.heads[h].on ? "" : "off"}`;
  return { kind: "box", key: `panel/${h}`, name: `head/${h}`, ...layout.heads[h].panel, radius: 7, layer: "ground", className };
}

/** The head's number, and the names of its matrices. @param {Shown} shown @param {number} h @returns {Item[]} */
function letters({ data, layout, step }, h) {
  const { panel: box, w, q, k, v, out } = layout.heads[h];
  const { label, line, compact, side, leftWidth } = layout;
  const { on } = data.heads[h];
  const [top, middle] = [w.y - line / 2 - 1, v.y - line / 2];
  const wordings = on ? [`head ${h}`, `${h}`] : [`head ${h}: off`, `${h}: off`, `${h}`];
  const title = worded(wordings, leftWidth + (compact ? out.width : 0), label) || `${h}`;
  /** @type {Item} */
  const number = {
    ...{ kind: "label", key: `head-number/${h}`, text: title, className: "head-number" },
    ...{ anchor: "start", x: box.x + side, y: top },
  };
  if (compact) return [number];
  /** @param {string} key @param {string} text @param {string} role @param {object} place @returns {Item} */
  const name = (key, text, role, place) => ({
    ...{ kind: "label", key: `letter/${h}/${key}`, text, opacity: on ? 1 : FAINT, className: `small name ${role}` },
    ...place,
  });
  const says = step === STEPS.scores ? "scores" : "W";
  const free = w.x + w.width - box.x - side - title.length * label * 0.58;
  /** @type {[string, string, string, Matrix, number][]} */
  const above = [
    ["out", "W V", "y", out, top],
    ["q", "Q", "q", q, middle],
    ["k", "K", "k", k, middle],
    ["v", "V", "v", v, middle],
  ];
  return [
    number,
    ...(free > says.length * label * 0.62 + 4 ? [name("w", says, "w", { anchor: "end", x: w.x + w.width, y: top })] : []),
    ...above
      .filter(([, text, , { width }]) => width >= text.length * label * 0.6)
      .map(([key, text, role, { x, width }, y]) => name(key, text, role, { x: x + width / 2, y })),
  ];
}

/**
 * Frames around the query and the key of a weight, and around the weights and values of an output number.
 *
 * @param {Shown} shown
 * @param {number} h
 * @param {number} opacity
 * @returns {Item[]}
 */
function frames({ layout, at, step }, h, opacity) {
  const { w, q, k, v, out } = layout.heads[h];
  const followed = at.followed === h;
  const strong = followed ? " strong" : "";
  const part = followed ? { column: at.part } : { columns: out.columns };
  /** @type {[when: boolean, key: string, box: Box, className: string][]} */
  const all = [
    [step >= STEPS.scores, `w/${h}`, boxOf(w, { row: at.row, columns: w.columns }), `w${strong}`],
    [step >= STEPS.values, `out/${h}`, boxOf(out, { row: at.row, ...part }), `y${strong}`],
    [followed && q.cell >= 1, "q", boxOf(q, { row: at.row, columns: q.columns }), "q"],
    [followed && k.cell >= 1, "k", boxOf(k, { row: at.pair, columns: k.columns }), "k"],
    [followed && step >= STEPS.scores, "w-pair", boxOf(w, { row: at.row, column: at.pair }), "w strong"],
    [followed && step >= STEPS.values, "v", boxOf(v, { column: at.part, rows: v.rows }), "v"],
    [followed && step >= STEPS.values, "v-pair", boxOf(v, { row: at.pair, column: at.part }), "v strong"],
  ];
  return all.filter(([when]) => when).map(([, key, box, className]) => frame(key, box, className, { opacity }));
}

/** @param {Shown} shown @param {number} h @returns {Item} */
function cross({ layout }, h) {
  const { x, y, width, height } = layout.heads[h].panel;
  const [left, top, right, bottom] = [x + 6, y + 6, x + width - 6, y + height - 6];
  return {
    kind: "path",
    key: `cross/${h}`,
    d: `M ${left} ${top} L ${right} ${bottom} M ${right} ${top} L ${left} ${bottom}`,
    className: "cross",
  };
}
