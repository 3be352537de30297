// How the numbers go through the multi-head figure: from x into the heads, from the heads to their part of the concatenation.
import { partsOf, setAttributes, svgElement } from "../shared/svg.js";
import { boxOf } from "./boxes.js";
import { STEPS } from "./trace.js";

/** @import { LayeredScene } from "./grid.js" */
/** @import { Point } from "../shared/svg_scene.js" */
/** @import { Shown } from "./figure.js" */
/** @import { Matrix } from "./layout.js" */

/**
 * @typedef {object} Wire
 * @property {string} key
 * @property {string} className
 * @property {Point} from
 * @property {Point} to above `from`
 * @property {number} opacity
 * @property {number} width
 * @property {boolean} [stub] whether it ends where it began: nothing comes through
 * @property {boolean} [hidden] whether the step is still to come
 */

const ROUND = 6;
const STUB = 9; // at most, and not as far as the level wires

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
export function drawWires(scene, shown) {
  drawBundle(scene, shown.layout.incoming, incoming(shown));
  if (shown.step >= STEPS.concatenate) drawBundle(scene, shown.layout.outgoing, outgoing(shown));
}

/** @param {{ x: number, width: number }} box */
const middleOf = ({ x, width }) => x + width / 2;
/** @param {Matrix} at */
const bottomOf = (at) => at.y + at.height + 1;

/**
 * As strong as what the head adds to the chosen number.
 *
 * @param {Shown} shown
 * @returns {Wire[]}
 */
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
 * One from each head's piece, or from x as a whole; three ways into the followed head: as queries, keys and values.
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
  return [
    { ...looks, key: "q-wire", className: "q", from: { x: middle - apart, y }, to: { x: middleOf(q), y: bottomOf(q) } },
    { ...looks, key: "k-wire", className: "k", from: { x: middle, y }, to: { x: middleOf(k), y: bottomOf(k) }, stub: masked },
    {
      ...looks,
      key: "v-wire",
      className: "v",
      from: { x: middle + apart, y },
      to: { x: v.xOf(at.part) + v.cell / 2, y: bottomOf(v) },
      stub: masked,
      hidden: step < STEPS.values,
    },
  ];
}

/**
 * Wires that begin and end in one order, each level in a height of its own, so that no two cross; those of one trunk share theirs.
 *
 * @param {LayeredScene} scene
 * @param {{ apart: number, height: number, bottom: number }} bus
 * @param {(Wire & { trunk?: boolean })[]} wires
 */
function drawBundle(scene, { apart, height, bottom }, wires) {
  const own = wires.filter(({ trunk }) => !trunk);
  const rights = own.filter(({ from, to }) => to.x > from.x);
  const lefts = own.filter(({ from, to }) => to.x <= from.x);
  const levels = own.length + (own.length < wires.length ? 1 : 0);
  const lowest = bottom - (height - (levels - 1) * apart) / 2;
  for (const wire of wires) {
    const fromRight = rights.includes(wire) ? rights.length - 1 - rights.indexOf(wire) : lefts.indexOf(wire);
    const stub = Math.min(STUB, bottom - lowest - 2);
    drawWire(scene, wire, lowest - (wire.trunk ? levels - 1 : fromRight) * apart, stub);
  }
}

/**
 * Up, level, and up again, with round corners.
 *
 * @param {LayeredScene} scene
 * @param {Wire} wire
 * @param {number} level
 * @param {number} short the length of a stub
 */
function drawWire(scene, { key, className, from, to, opacity, width, stub, hidden }, level, short) {
  if (hidden) return;
  const looks = `wire ${className} ${stub ? "stub" : ""}`;
  const node = scene.place(key, { opacity, className: looks, layer: scene.under }, (group) => group.append(svgElement("path")));
  const [path] = partsOf(node);
  const across = to.x - from.x;
  const round = Math.max(0, Math.min(ROUND, Math.abs(across) / 2, from.y - level, level - to.y)) * Math.sign(across);
  const turn = Math.abs(round);
  const route = `V ${level + turn} q 0 ${-turn} ${round} ${-turn} H ${to.x - round} q ${round} 0 ${round} ${-turn} V ${to.y}`;
  setAttributes(path, { d: `M ${from.x} ${from.y} ${stub ? `v ${-short}` : route}`, "stroke-width": width });
}
