// The wires of the multi-head figure: from x into the heads, from the heads to their part of the concatenation.
import { boxOf } from "../lesson_figure/matrix.js";
import { STEPS } from "./trace.js";

/** @import { Item } from "../lesson_figure/draw.js" */
/** @import { Matrix } from "../lesson_figure/matrix.js" */
/** @import { Point } from "../lesson_figure/scene.js" */
/** @import { Shown } from "./trace.js" */

/**
 * @typedef {object} Wire
 * @property {string} key
 * @property {string} className
 * @property {Point} from
 * @property {Point} to above `from`
 * @property {number} opacity
 * @property {number} width
 * @property {boolean} [stub] true if it ends at its start, because nothing passes
 * @property {boolean} [hidden] true if its step is still to come; its place stays free
 * @property {boolean} [trunk] true if it shares its height with other wires of the trunk
 */

const ROUND = 6;
const STUB = 9; // largest length; it stays below the horizontal wires

/** @param {Shown} shown @returns {Item[]} */
export const wiresOf = (shown) => [
  ...bundle(shown.layout.incoming, incoming(shown)),
  ...(shown.step >= STEPS.concatenate ? bundle(shown.layout.outgoing, outgoing(shown)) : []),
];

/** @param {{ x: number, width: number }} box */
const middleOf = ({ x, width }) => x + width / 2;
/** @param {Matrix} at */
const bottomOf = (at) => at.y + at.height + 1;

/** Wires from heads to the concatenation. Their width shows the head's contribution to the chosen number. @param {Shown} shown @returns {Wire[]} */
function outgoing({ data, layout, at, step }) {
  const { concat } = layout.join;
  const added = data.contributions.map((rows) => Math.abs(rows[at.row][at.column]));
  const largest = Math.max(...added) || 1;
  const [thin, thick] = [1.2, Math.min(3.4, layout.outgoing.apart * 0.7)];
  return data.heads.map(({ on }, h) => ({
    key: `out-wire/${h}`,
    className: `y ${on ? "" : "off"}`,
    from: { x: middleOf(layout.heads[h].out), y: layout.panelTop - 1 },
    to: { x: middleOf(boxOf(concat, { column: h * layout.headDim, columns: layout.headDim })), y: bottomOf(concat) },
    opacity: h === at.followed ? 0.95 : 0.5,
    width: on && step >= STEPS.join ? thin + thick * (added[h] / largest) : 1.6,
    stub: !on,
  }));
}

/**
 * One wire from each head's piece, or from all of x. The followed head has three: to its query, key and value.
 *
 * @param {Shown} shown
 * @returns {Wire[]}
 */
function incoming(shown) {
  const { data, layout, at } = shown;
  const { input, headDim } = layout;
  const y = input.y - 1;
  const apart = Math.min(6 * layout.scale, (data.split ? headDim * input.cell : input.width) / 4);
  const plain = { className: "x", opacity: 0.45, width: 1.2 };
  const entry = (/** @type {number} */ h) => ({ x: middleOf(layout.heads[h].panel), y: layout.panelBottom + 1 });
  if (data.split)
    return data.heads.flatMap((_, h) => {
      const piece = middleOf(boxOf(input, { column: h * headDim, columns: headDim }));
      if (h === at.followed) return followedWires(shown, piece, apart);
      return [{ ...plain, key: `in-wire/${h}`, from: { x: piece, y }, to: entry(h) }];
    });
  const middle = middleOf(input);
  const aside = middleOf(layout.heads[at.followed].panel) > middle ? -2 : 2;
  const trunk = data.heads.flatMap((_, h) =>
    h === at.followed
      ? []
      : [{ ...plain, key: `in-wire/${h}`, from: { x: middle + aside * apart, y }, to: entry(h), trunk: true }],
  );
  return [...followedWires(shown, middle, apart), ...trunk];
}

/**
 * @param {Shown} shown
 * @param {number} middle of what the head reads
 * @param {number} apart
 * @returns {Wire[]}
 */
function followedWires({ data, layout, at, step }, middle, apart) {
  const { q, k, v } = layout.heads[at.followed];
  const y = layout.input.y - 1;
  const masked = data.heads[at.followed].blocked[at.row][at.pair];
  const looks = { opacity: 0.9, width: 2 };
  const start = (/** @type {number} */ x) => ({ x, y });
  const below = (/** @type {Matrix} */ place) => ({ x: middleOf(place), y: bottomOf(place) });
  const value = { x: v.xOf(at.part) + v.cell / 2, y: bottomOf(v) };
  return [
    { ...looks, key: "q-wire", className: "q", from: start(middle - apart), to: below(q) },
    { ...looks, key: "k-wire", className: "k", from: start(middle), to: below(k), stub: masked },
    {
      ...looks,
      key: "v-wire",
      className: "v",
      from: start(middle + apart),
      to: value,
      stub: masked,
      hidden: step < STEPS.values,
    },
  ];
}

/**
 * Draw wires with the same order at both ends. Each has its own height, so that no two cross. Wires of a trunk share one.
 *
 * @param {{ apart: number, height: number, bottom: number }} bus
 * @param {Wire[]} wires
 * @returns {Item[]}
 */
function bundle({ apart, height, bottom }, wires) {
  const own = wires.filter(({ trunk }) => !trunk);
  const rights = own.filter(({ from, to }) => to.x > from.x);
  const lefts = own.filter(({ from, to }) => to.x <= from.x);
  const levels = own.length + (own.length < wires.length ? 1 : 0);
  const lowest = bottom - (height - (levels - 1) * apart) / 2;
  const short = Math.min(STUB, bottom - lowest - 2);
  return wires.flatMap((wire) => {
    const fromRight = rights.includes(wire) ? rights.length - 1 - rights.indexOf(wire) : lefts.indexOf(wire);
    const level = lowest - (wire.trunk ? levels - 1 : fromRight) * apart;
    const { key, opacity, width, stub, hidden, from } = wire;
    const className = `wire ${wire.className} ${stub ? "stub" : ""}`;
    const d = `M ${from.x} ${from.y} ${stub ? `v ${-short}` : routeOf(wire, level)}`;
    return hidden ? [] : [{ kind: "path", key, className, layer: "wires", opacity, width, d }];
  });
}

/** Up, level, and up again, with round corners. @param {Wire} wire @param {number} level */
function routeOf({ from, to }, level) {
  const across = to.x - from.x;
  const round = Math.max(0, Math.min(ROUND, Math.abs(across) / 2, from.y - level, level - to.y)) * Math.sign(across);
  const turn = Math.abs(round);
  return `V ${level + turn} q 0 ${-turn} ${round} ${-turn} H ${to.x - round} q ${round} 0 ${round} ${-turn} V ${to.y}`;
}
