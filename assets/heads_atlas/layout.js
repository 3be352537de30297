// Where the dots of the chart of heads lie, in pixels. Pure.
import { cornerOf, sizeOf } from "../figures/heads_layout.js";

/** @import { Shape, Size } from "../figures/heads_layout.js" */

/** @typedef {{ layer: number, head: number, value: number, x: number, y: number, radius: number }} Dot */

const LEFT = 26;
const RIGHT = 12;
const SPREAD = 0.72; // of a row that its heads take
const TICKS = 6;
const SMALLEST = 2.5;
const LARGER = 2; // than a dot that stands for no size, at most

/**
 * A dot a head: to the right its value, downwards its layer, whose row is as high as in the grid beside it; in a row the heads
 * stand from top to bottom.
 *
 * @param {Shape} shape of the grid
 * @param {readonly ArrayLike<number>[]} values by layer and head; those that are no numbers have no dot
 * @param {number | null} even is on the axis too, where there is one
 * @param {Size} size of the chart
 * @param {readonly ArrayLike<number>[] | null} sizes by layer and head, what the area of a dot stands for
 */
export function layOut(shape, values, even, { width, height }, sizes = null) {
  const unit = height / sizeOf(shape).height;
  const tall = shape.rows * unit;
  const numbers = values.map((heads) => Array.from(heads));
  const high = 1.04 * Math.max(even ?? 0, 1e-9, ...numbers.flat().filter(Number.isFinite));
  const x = (/** @type {number} */ value) => LEFT + (value / high) * (width - LEFT - RIGHT);
  const rows = numbers.map((_, layer) => cornerOf(shape, layer, 0).y * unit + tall / 2);
  const radius = Math.max(3.5, Math.min(6, tall / 9));
  const largest = Math.max(0, ...(sizes ?? []).flatMap((heads) => Array.from(heads)).filter(Number.isFinite));
  const radiusOf = (/** @type {number} */ layer, /** @type {number} */ head) => {
    const size = sizes?.[layer]?.[head] ?? NaN;
    return Number.isFinite(size) && largest > 0 ? Math.max(SMALLEST, LARGER * radius * Math.sqrt(size / largest)) : radius;
  };
  /** @type {Dot[]} */
  const dots = numbers.flatMap((heads, layer) =>
    heads.map((value, head) => {
      const y = rows[layer] + SPREAD * tall * ((head + 0.5) / heads.length - 0.5);
      return { layer, head, value, x: x(value), y, radius: radiusOf(layer, head) };
    }),
  );
  return {
    dots: dots.filter(({ value }) => Number.isFinite(value)),
    rows,
    tall,
    left: LEFT,
    right: width - RIGHT,
    even: even === null ? null : x(even),
    ticks: ticksTo(high).map((value) => ({ value, x: x(value) })),
  };
}

/**
 * Round numbers from 0 to at most `high`.
 *
 * @param {number} high
 */
export function ticksTo(high) {
  const rough = high / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((each) => each * power >= rough) ?? 10);
  return Array.from({ length: Math.floor(high / step) + 1 }, (_, at) => Number((at * step).toPrecision(6)));
}

/**
 * The dot that lies nearest, if one is near.
 *
 * @param {readonly Dot[]} dots
 * @param {{ x: number, y: number }} point
 * @param {number} within
 */
export function nearest(dots, point, within) {
  const apart = (/** @type {Dot} */ dot) => Math.hypot(dot.x - point.x, dot.y - point.y);
  const best = dots.reduce((/** @type {Dot | null} */ found, dot) => (found && apart(found) <= apart(dot) ? found : dot), null);
  return best && apart(best) <= within ? best : null;
}

/**
 * The dot that an arrow key leads to: left and right by value within the layer, up and down to the same head of another layer.
 *
 * @param {readonly Dot[]} dots
 * @param {{ layer: number, head: number }} from
 * @param {string} key
 * @returns {Dot | undefined}
 */
export function neighbour(dots, from, key) {
  if (key === "ArrowUp" || key === "ArrowDown") {
    const layer = from.layer + (key === "ArrowUp" ? -1 : 1);
    return dots.find((dot) => dot.layer === layer && dot.head === from.head);
  }
  const inLayer = dots.filter(({ layer }) => layer === from.layer).sort((a, b) => a.value - b.value || a.head - b.head);
  const at = inLayer.findIndex(({ head }) => head === from.head);
  return key === "ArrowLeft" ? inLayer[at - 1] : key === "ArrowRight" ? inLayer[at + 1] : undefined;
}
