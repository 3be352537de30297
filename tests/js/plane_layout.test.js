import assert from "node:assert/strict";
import test from "node:test";
import { randn } from "../../assets/lesson_maths/torch_random.js";
import { frameOf, gridOf, headOf, nearest, overlap, placeLabels, pointOf, vectorAt } from "../../assets/lesson/plane_layout.js";

/** @import { Point } from "../../assets/lesson/plane_layout.js" */

const ROOMS = [
  { width: 720, height: 470, digits: 11 },
  { width: 358, height: 330, digits: 11 },
  { width: 1840, height: 820, digits: 18 },
];
const WORDS = [
  [1.4, 1.1],
  [1.4, -1.1],
  [-0.3, 1.3],
  [-0.3, -1.3],
  [-1.2, 0],
];

/** @param {number} seed @param {number} count of vectors */
function drawn(seed, count) {
  const numbers = randn(seed, 2 * count);
  return Array.from({ length: count }, (_, at) => numbers.slice(2 * at, 2 * at + 2));
}

test("every vector and its name have room at one scale, and one vector fills it", () => {
  for (const room of ROOMS)
    for (const size of [1e-3, 1, 500]) {
      const vectors = drawn(3, 7).map((vector) => vector.map((value) => value * size));
      const frame = frameOf(vectors, room);
      const margins = vectors.map((vector) => {
        const { x, y } = pointOf(frame, vector);
        return [Math.min(x, room.width - x), Math.min(y, room.height - y)];
      });
      for (const [beside, above] of margins) assert.ok(beside > 3 * room.digits && above > 2 * room.digits);
      assert.ok(margins.some(([beside, above]) => beside < room.width / 3 || above < 3 * room.digits));
      const [origin, right, up] = [pointOf(frame, [0, 0]), pointOf(frame, [1, 0]), pointOf(frame, [0, 1])];
      assert.ok(Math.abs(right.x - origin.x - (origin.y - up.y)) < 1e-6 * frame.scale);
      assert.deepEqual(origin, { x: room.width / 2, y: room.height / 2 });
    }
});

test("zero vectors have a plane too", () => {
  const { scale } = frameOf([[0, 0]], ROOMS[0]);
  assert.ok(scale > 50 && scale < 1000);
});

test("the scale stays while the vectors fit and fill it", () => {
  const frame = frameOf(WORDS, ROOMS[0]);
  const grown = (/** @type {number} */ by) => WORDS.map((vector) => vector.map((value) => value * by));
  assert.equal(frameOf(grown(0.8), ROOMS[0], frame), frame);
  assert.ok(frameOf(grown(1.2), ROOMS[0], frame).scale < frame.scale);
  assert.ok(frameOf(grown(0.3), ROOMS[0], frame).scale > frame.scale);
  assert.notEqual(frameOf(WORDS, ROOMS[1], frame), frame);
});

test("a point is the vector with this tip, and stays in sight", () => {
  const frame = frameOf(WORDS, ROOMS[0]);
  for (const vector of WORDS) assert.deepEqual(vectorAt(frame, pointOf(frame, vector)), vector);
  const { x, y } = pointOf(frame, vectorAt(frame, { x: 5000, y: -5000 }));
  assert.ok(x < 720 && x > 700 && y > 0 && y < 20);
  assert.ok(Object.is(vectorAt(frame, pointOf(frame, [-0.001, 0]))[0], 0));
});

test("the nearer one of two tips is taken", () => {
  const tips = [
    { x: 10, y: 10 },
    { x: 16, y: 10 },
  ];
  assert.deepEqual([nearest(tips, { x: 12, y: 9 }), nearest(tips, { x: 14, y: 14 })], [0, 1]);
});

test("grid lines are at round numbers, in sight, and far enough apart for their labels", () => {
  for (const room of ROOMS)
    for (const size of [0.02, 1, 7, 900]) {
      const frame = frameOf([[size, size / 3]], room);
      const { columns, rows } = gridOf(frame, room.digits);
      const step = columns[1] - columns[0];
      assert.ok(step * frame.scale > 4 * room.digits && step * frame.scale < 12 * room.digits);
      assert.match((step / 10 ** Math.floor(Math.log10(step) + 1e-9)).toFixed(6), /^(1|2|5)\.0+$/);
      assert.ok(columns.includes(0) && rows.includes(0));
      for (const value of columns) assert.ok(Math.abs(value) * frame.scale < room.width / 2);
      for (const value of rows) assert.ok(Math.abs(value) * frame.scale < room.height / 2);
    }
});

test("an arrowhead ends at the tip and is never longer than half of its arrow", () => {
  const { corners, neck } = headOf({ x: 0, y: 0 }, { x: 100, y: 0 }, 12);
  assert.deepEqual(corners[0], { x: 100, y: 0 });
  assert.deepEqual(neck, { x: 88, y: 0 });
  assert.equal(corners[1].y, -corners[2].y);
  assert.equal(headOf({ x: 0, y: 0 }, { x: 0, y: 10 }, 12).neck.y, 5);
  assert.deepEqual(headOf({ x: 3, y: 3 }, { x: 3, y: 3 }, 12).neck, { x: 3, y: 3 });
});

test("names are inside the room and do not overlap an arrowhead or another name", () => {
  for (const room of ROOMS)
    for (const vectors of [WORDS, ...[1, 2, 3, 4, 5, 6].map((seed) => drawn(seed, 6)), [...WORDS, ...WORDS.slice(0, 2)]]) {
      const frame = frameOf(vectors, room);
      const [width, height] = [6 * room.digits, 1.4 * room.digits];
      const tips = vectors.map((vector) => pointOf(frame, vector));
      const boxes = placeLabels(
        tips.map((tip) => ({ tip, width, height })),
        frame,
      ).map((middle) => around(middle, width, height));
      boxes.forEach((box, at) => {
        const clashes = [...tips.map((tip) => around(tip, 8, 8)), ...boxes.slice(0, at)].filter(
          (each) => overlap(box, each) > 1,
        );
        assert.deepEqual(clashes, []);
        assert.ok(box.x > -1 && box.y > -1 && box.x + width < room.width + 1 && box.y + height < room.height + 1);
      });
    }
});

/** @param {Point} middle @param {number} width @param {number} height */
const around = ({ x, y }, width, height) => ({ x: x - width / 2, y: y - height / 2, width, height });

test("names keep their distance from the shafts of other arrows", () => {
  const frame = frameOf(WORDS, ROOMS[0]);
  const long = { tip: pointOf(frame, [1.4, 0]), width: 0, height: 0 };
  const short = { tip: pointOf(frame, [0.7, 0]), width: 60, height: 15 };
  const [, middle] = placeLabels([long, short], frame);
  assert.ok(Math.abs(middle.y - short.tip.y) >= 7.5);
});
