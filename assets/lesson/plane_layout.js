// Layout of a plane: its scale, its grid, and labels that avoid the arrowheads. Pure arithmetic.

/** @import { Rows } from "../lesson_maths/matrices.js" */

/** @typedef {{ x: number, y: number }} Point in px, y downwards */
/** @typedef {Point & { width: number, height: number }} Box x and y of its upper left corner */
/** @typedef {{ width: number, height: number, digits: number }} Room */
/** @typedef {{ width: number, height: number, scale: number }} Frame scale: px per unit, the same on both axes */

const BESIDE = 5; // room for a name beside the outermost tip, in heights of a digit
const ABOVE = 2.4;
const FILLED = 0.5; // share of the room: if the vectors fill less, the scale is chosen again
const LINES_APART = 4.2; // smallest distance of grid lines, in heights of a digit
const EDGE = 8;
const HEAD = 14; // side of a square around a tip that contains its arrowhead

/**
 * Return a frame that contains all vectors, with the origin in its middle. The current frame stays if the
 * vectors fit and fill it.
 *
 * @param {Rows} vectors
 * @param {Room} room
 * @param {Frame | null} now
 * @returns {Frame}
 */
export function frameOf(vectors, { width, height, digits }, now = null) {
  const sizes = [0, 1].map((column) =>
    Math.max(0, ...vectors.map((vector) => Math.abs(vector[column])).filter(Number.isFinite)),
  );
  const beside = Math.min(width / 2 - BESIDE * digits, width / 3);
  const above = height / 2 - ABOVE * digits;
  const fitting = Math.min(beside / (sizes[0] || 1e-9), above / (sizes[1] || 1e-9));
  const scale = sizes.some(Boolean) ? fitting : Math.min(beside, above);
  const stays = now && now.width === width && now.height === height && now.scale <= scale && now.scale >= FILLED * scale;
  return stays ? now : { width, height, scale };
}

/**
 * @param {Frame} frame
 * @param {readonly number[]} vector
 * @returns {Point}
 */
export function pointOf({ width, height, scale }, [right, up]) {
  return { x: width / 2 + right * scale, y: height / 2 - up * scale };
}

/**
 * Return the vector whose tip is at a point, rounded to hundredths and kept inside the frame.
 *
 * @param {Frame} frame
 * @param {Point} point
 */
export function vectorAt({ width, height, scale }, { x, y }) {
  const right = (within(x, EDGE, width - EDGE) - width / 2) / scale;
  const up = (height / 2 - within(y, EDGE, height - EDGE)) / scale;
  return [right, up].map((value) => Math.round(value * 100) / 100 + 0); // + 0 makes -0 a 0
}

/**
 * Return the index of the nearest point.
 *
 * @param {readonly Point[]} points
 * @param {Point} to
 */
export function nearest(points, to) {
  const distances = points.map(({ x, y }) => Math.hypot(x - to.x, y - to.y));
  return distances.indexOf(Math.min(...distances));
}

/**
 * Return the values of the grid lines on each axis. Their distance is 1, 2 or 5 times a power of ten.
 *
 * @param {Frame} frame
 * @param {number} digits
 * @returns {{ columns: number[], rows: number[] }}
 */
export function gridOf({ width, height, scale }, digits) {
  const least = (LINES_APART * digits) / scale;
  const power = 10 ** Math.floor(Math.log10(least));
  const times = [1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10;
  const step = times * power;
  const along = (/** @type {number} */ length) => {
    const most = Math.floor((length / 2 - EDGE) / scale / step);
    return Array.from({ length: 2 * most + 1 }, (_, place) => Number(((place - most) * step).toPrecision(12)));
  };
  return { columns: along(width), rows: along(height) };
}

/**
 * Return the corners of an arrowhead, and the end of its shaft. A short arrow has a smaller head.
 *
 * @param {Point} from
 * @param {Point} tip
 * @param {number} size
 */
export function headOf(from, tip, size) {
  const length = Math.hypot(tip.x - from.x, tip.y - from.y);
  if (length < 1) return { corners: [tip, tip, tip], neck: tip };
  const [along, across] = [Math.min(size, length / 2), Math.min(size, length / 2) * 0.42];
  const [dx, dy] = [(tip.x - from.x) / length, (tip.y - from.y) / length];
  const neck = { x: tip.x - along * dx, y: tip.y - along * dy };
  const side = (/** @type {number} */ sign) => ({ x: neck.x - sign * across * dy, y: neck.y + sign * across * dx });
  return { corners: [tip, side(1), side(-1)], neck };
}

/**
 * Return the middle of each label: beside its tip, preferably farther from the origin, inside the frame. Labels avoid
 * arrowheads, each other and other text as far as possible.
 *
 * @param {readonly { tip: Point, width: number, height: number }[]} labels
 * @param {Frame} frame
 * @param {readonly Box[]} taken boxes of other text
 * @returns {Point[]}
 */
export function placeLabels(labels, frame, taken = []) {
  const tips = labels.map(({ tip }) => tip);
  const heads = tips.map(({ x, y }) => ({ x: x - HEAD / 2, y: y - HEAD / 2, width: HEAD, height: HEAD }));
  const origin = { x: frame.width / 2, y: frame.height / 2 };
  /** @type {Box[]} */
  const placed = [];
  return labels.map(({ tip, width, height }) => {
    const outward = Math.atan2(tip.y - origin.y, tip.x - origin.x);
    let [best, least] = [tip, Infinity];
    for (let turn = 0; turn < 48; turn++) {
      const [angle, gap] = [((turn % 16) * Math.PI) / 8, 3 + 14 * Math.floor(turn / 16)];
      const middle = besideTip(tip, outward + angle, width, height, gap);
      const box = { x: middle.x - width / 2, y: middle.y - height / 2, width, height };
      const covered = [...heads, ...placed].reduce((sum, other) => sum + overlap(box, other), 0);
      const onText = taken.reduce((sum, other) => sum + overlap(box, other), 0);
      const onShafts = tips.reduce((sum, end) => sum + crossed(box, origin, end), 0);
      const cost = 20 * (covered + outside(box, frame)) + 3 * onText + 4 * onShafts + (1 - Math.cos(angle)) * 20 + gap * 2;
      if (cost < least) [best, least] = [middle, cost];
    }
    placed.push({ x: best.x - width / 2, y: best.y - height / 2, width, height });
    return best;
  });
}

/**
 * The middle of a box in this direction from a tip, `gap` away from the arrowhead.
 *
 * @param {Point} tip
 * @param {number} angle
 * @param {number} width
 * @param {number} height
 * @param {number} gap
 */
function besideTip(tip, angle, width, height, gap) {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const clear = HEAD / 2 + gap;
  const reach = Math.min((width / 2 + clear) / Math.abs(cos), (height / 2 + clear) / Math.abs(sin));
  return { x: tip.x + reach * cos, y: tip.y + reach * sin };
}

/** The area that two boxes share. @param {Box} a @param {Box} b */
export function overlap(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}

/** The area of a box that lies outside of the room. @param {Box} box @param {Frame} frame */
function outside(box, { width, height }) {
  return box.width * box.height - overlap(box, { x: 0, y: 0, width, height });
}

/** Return the length of the part of a shaft that a box covers, in px. @param {Box} box @param {Point} from @param {Point} to */
function crossed({ x, y, width, height }, from, to) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const [left, right] = shareBetween(from.x, dx, x, x + width);
  const [top, bottom] = shareBetween(from.y, dy, y, y + height);
  return Math.max(0, Math.min(right, bottom, 1) - Math.max(left, top, 0)) * Math.hypot(dx, dy);
}

/**
 * A point moves along an axis. Return the two shares of its way between which it lies between `low` and `high`.
 *
 * @param {number} start
 * @param {number} way
 * @param {number} low
 * @param {number} high
 * @returns {[number, number]}
 */
function shareBetween(start, way, low, high) {
  if (way === 0) return start < low || start > high ? [Infinity, -Infinity] : [-Infinity, Infinity];
  const [one, other] = [(low - start) / way, (high - start) / way];
  return one < other ? [one, other] : [other, one];
}

/** @param {number} value @param {number} low @param {number} high */
const within = (value, low, high) => Math.min(high, Math.max(low, value));
