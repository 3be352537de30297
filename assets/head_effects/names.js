// Where the names of dots stand so that each is read as that of its own dot. Pure.

/** The middle of a dot, in px. @typedef {{ x: number, y: number }} Dot */
/** @typedef {{ left: number, right: number, top: number, bottom: number }} Rect */
/** Where a text begins or ends, on its baseline. @typedef {{ x: number, y: number, anchor: "start" | "end" }} Place */

const [RADIUS, GAP, APART] = [5, 3, 8]; // of a dot, from it to its name, and from the name to any other
const [LETTER_PX, ASCENT, DESCENT] = [7, 9, 3];

/**
 * To the right or left of each dot, level with it or higher or lower, where the name touches no other dot and no other name; null
 * where there is no such place.
 *
 * @param {readonly (Dot & { name: string })[]} named the more important first
 * @param {readonly Dot[]} dots all of them
 * @param {Rect} room
 * @returns {(Place | null)[]}
 */
export function placesOf(named, dots, room) {
  /** @type {Rect[]} */
  const taken = [];
  return named.map((dot) => {
    const others = dots.filter(({ x, y }) => x !== dot.x || y !== dot.y).map(around);
    const place = candidates(dot, room).find((at) => {
      const rect = rectOf(at, dot.name);
      return isWithin(rect, room) && ![...others, ...taken].some((other) => overlaps(rect, other));
    });
    if (place) taken.push(rectOf(place, dot.name));
    return place ?? null;
  });
}

/** The side with more room first. @param {Dot} dot @param {Rect} room @returns {Place[]} */
function candidates({ x, y }, { left, right }) {
  const sides = x > (left + right) / 2 ? [-1, 1] : [1, -1];
  return [0, -RADIUS, RADIUS].flatMap((up) =>
    sides.map((side) => ({
      x: x + side * (RADIUS + GAP),
      y: y + up + (ASCENT - DESCENT) / 2,
      anchor: side < 0 ? "end" : "start",
    })),
  );
}

/** What a name covers. @param {Place} place @param {string} name @returns {Rect} */
function rectOf({ x, y, anchor }, name) {
  const left = anchor === "end" ? x - LETTER_PX * name.length : x;
  return { left, right: left + LETTER_PX * name.length, top: y - ASCENT, bottom: y + DESCENT };
}

/** A dot with what has to stay free about it: more than between a dot and its own name. @param {Dot} dot @returns {Rect} */
function around({ x, y }) {
  const reach = RADIUS + APART;
  return { left: x - reach, right: x + reach, top: y - reach, bottom: y + reach };
}

/** @param {Rect} a @param {Rect} b */
function overlaps(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** @param {Rect} a @param {Rect} b */
function isWithin(a, b) {
  return a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
}
