import assert from "node:assert/strict";
import test from "node:test";
import { eachAsItFits, nameWidth } from "../../assets/lesson_figure/lettering.js";
import { fitted } from "../../assets/maths/fit.js";
import { layOut as layOutToy } from "../../assets/toy_figure/layout.js";
import { every } from "./every.js";

/** @import { Shape } from "../../assets/toy_figure/data.js" */
/** @import { Layout } from "../../assets/toy_figure/layout.js" */

/**
 * Return everything that the figure draws as boxes. The boxes may not overlap.
 *
 * @param {Shape} shape
 * @param {Layout} at
 */
function boxesOf(shape, at) {
  const { keys, queries, dim, sourceDim, headDim, valueDim, projected, cross, biased } = shape;
  const { cellHeight: height, nameHeight, columnWidth, digits } = at;
  /** @type {Record<string, { x: number, y: number, width: number, height: number }>} */
  const boxes = {};
  /** @param {string} name @param {number} x @param {number} y @param {number} width @param {number} tall */
  const add = (name, x, y, width, tall) => (boxes[name] = { x, y, width, height: tall });
  const named = nameWidth(digits.least, String(keys).length);
  /** @param {string} name @param {number} centre @param {number} y */
  const label = (name, centre, y) => add(name, centre - named / 2, y, named, nameHeight);
  for (let i = 0; i < queries; i += 1) {
    add(`y${i}`, at.outputLeft(i), at.outputTop, at.outputWidth, valueDim * height);
    if (!cross) label(`y name ${i}`, at.outputLeft(i) + at.outputWidth / 2, at.outputTop - nameHeight);
  }
  for (let j = 0; j < keys; j += 1) {
    add(`product${j}`, at.columnLeft(j), at.productTop, columnWidth, valueDim * height);
    add(`weight${j}`, at.columnLeft(j), at.weightTop, columnWidth, at.weightHeight);
    add(`eye${j}`, at.columnLeft(j), at.eyeTop, columnWidth, at.eyeHeight);
    add(`input${j}`, at.inputLeft(j), at.inputTop, at.inputWidth, sourceDim * height);
    label(`input name ${j}`, at.inputLeft(j) + at.inputWidth / 2, at.inputTop + sourceDim * height);
    if (!projected) continue;
    for (const role of /** @type {const} */ (["q", "k", "v"])) {
      const deep = role === "v" ? valueDim : headDim;
      if (role !== "q" || !cross) add(role + j, at.roleLeft(role, j), at.groupTop, at.cellWidth, deep * height + nameHeight);
    }
  }
  add("query", at.query.x, at.query.y - nameHeight, at.laneWidth, headDim * height + 2 * nameHeight);
  if (projected)
    for (const role of /** @type {const} */ (["q", "k", "v"])) {
      const [wide, deep] = [role === "v" ? valueDim : headDim, role === "q" ? dim : sourceDim];
      const bias = biased ? at.biasGap + height : 0;
      add(`W${role}`, at.matrixLeft(role), at.inputTop, wide * at.matrixCell, deep * height + bias + nameHeight);
    }
  if (projected && cross) add("asker", at.askerLeft, at.inputTop, at.inputWidth, dim * height + nameHeight);
  return boxes;
}

const ROOMS = [
  { width: 720, height: 470, digits: 11 },
  { width: 700, height: 430, digits: 11 },
  { width: 1840, height: 820, digits: 18 },
  { width: 358, height: 330, digits: 11 },
];

/** @returns {Shape[]} */
function shapes() {
  const all = every({
    projected: [0, 1],
    cross: [0, 1],
    biased: [0, 1],
    keys: [1, 5, 12],
    queries: [1, 12],
    dim: [1, 4, 16],
    headDim: [1, 4, 16],
    valueDim: [1, 4],
  });
  return all
    .map(({ projected, cross, biased, queries, keys, dim, headDim, valueDim }) => ({
      projected: Boolean(projected),
      cross: Boolean(cross),
      biased: Boolean(projected && biased),
      keys,
      queries: cross ? queries : keys,
      dim,
      sourceDim: cross ? Math.max(1, dim - 2) : dim,
      headDim: projected ? headDim : dim,
      valueDim: projected ? valueDim : dim,
      caption: 8,
    }))
    .filter(({ projected, cross }) => projected || !cross);
}

test("the lessons' figure is inside its room and nothing overlaps, for every shape", () => {
  const slack = 0.01;
  for (const room of ROOMS)
    for (const shape of shapes()) {
      const at = layOutToy(shape, room);
      const boxes = Object.entries(boxesOf(shape, at));
      const said = JSON.stringify({ room, shape });
      for (const [name, { x, y, width, height }] of boxes) {
        assert.ok(width > 0 && height > 0, `${name} is nothing: ${said}`);
        assert.ok(x >= -slack && x + width <= room.width + slack, `${name} sticks out sideways: ${said}`);
        assert.ok(y >= -slack && y + height <= room.height + slack, `${name} sticks out above or below: ${said}`);
      }
      boxes.forEach(([name, a], place) => {
        for (const [other, b] of boxes.slice(0, place)) {
          const apart =
            a.x + a.width <= b.x + slack ||
            b.x + b.width <= a.x + slack ||
            a.y + a.height <= b.y + slack ||
            b.y + b.height <= a.y + slack;
          assert.ok(apart, `${name} overlaps ${other}: ${said}`);
        }
      });
    }
});

/** @param {Partial<Shape>} of @returns {Shape} */
const five = (of) => ({
  queries: 5,
  keys: 5,
  dim: 4,
  sourceDim: 4,
  headDim: 4,
  valueDim: 4,
  projected: false,
  cross: false,
  biased: false,
  caption: 0,
  ...of,
});

/** @param {Layout} at @returns {Record<string, { width: number, height: number }>} */
const cellsOf = ({ cellHeight: height, ...at }) => ({
  x: { width: at.inputWidth, height },
  column: { width: at.columnWidth, height },
  y: { width: at.outputWidth, height },
  weight: { width: at.columnWidth, height: at.weightHeight },
  ...(at.matrixCell ? { role: { width: at.cellWidth, height }, matrix: { width: at.matrixCell, height } } : {}),
});

test("five vectors of width 4 have digits everywhere, as large as requested", () => {
  for (const room of ROOMS.slice(0, 3))
    for (const of of [
      {},
      { projected: true },
      { projected: true, biased: true },
      { projected: true, cross: true, biased: true },
    ])
      for (const [name, cell] of Object.entries(cellsOf(layOutToy(five(of), room)))) {
        const { size } = eachAsItFits(cell, { least: room.digits, most: 99 })(-0.5);
        assert.ok(size >= room.digits, `${name} ${JSON.stringify({ of, room, cell })}`);
      }
  const [wide] = ROOMS;
  const [plain, projected] = [{}, { projected: true }].map((of) => layOutToy(five(of), wide));
  assert.ok(plain.inputWidth > 1.5 * projected.inputWidth && plain.cellHeight > 1.3 * projected.cellHeight);
  assert.ok(plain.columnWidth <= 64 && layOutToy(five({ dim: 1, headDim: 1, valueDim: 1 }), wide).cellHeight <= 34.2);
});

test("a phone shows the digits of the first lesson, and the colours of both", () => {
  const phone = ROOMS[3];
  const size = (/** @type {{ width: number, height: number }} */ cell) =>
    eachAsItFits(cell, { least: 11, most: 99 })(-0.5).size;
  assert.ok(Object.values(cellsOf(layOutToy(five({}), phone))).every(size));
  const { matrix, x, weight } = cellsOf(layOutToy(five({ projected: true }), phone));
  assert.ok(!size(matrix) && !size(x) && size(weight));
});

test("a number is drawn as large as its cell allows, or not at all", () => {
  const sizes = { least: 11, most: 14 };
  const written = (/** @type {number} */ value, /** @type {number} */ width, height = 100) =>
    eachAsItFits({ width, height }, sizes)(value);
  assert.deepEqual(written(0.5, 100), { text: "0.50", size: 14 });
  assert.deepEqual(written(0.5, 100, 14), { text: "", size: 0 });
  assert.deepEqual(written(-0.5, 26), { text: "", size: 0 });
  assert.deepEqual(written(0, 26), { text: "0", size: 14 });
  const narrow = written(-0.002, 40).size;
  assert.ok(narrow > 11 && narrow < 14);
});

test("parts grow together from cramped to generous, and no further", () => {
  const parts = { cell: { count: 2, sizes: [2, 10, 20] }, gap: { count: 1, sizes: [0, 4, 4] } };
  assert.deepEqual(fitted(24, parts), { cell: 10, gap: 4 });
  assert.deepEqual(fitted(14, parts), { cell: 6, gap: 2 });
  assert.deepEqual(fitted(34, parts), { cell: 15, gap: 4 });
  assert.deepEqual(fitted(1000, parts), { cell: 20, gap: 4 });
  assert.deepEqual(fitted(2, parts), { cell: 1, gap: 0 });
});
