import assert from "node:assert/strict";
import test from "node:test";
import { cornerOf, everyNth, figureOf, gapOf, largerTurned, sizeOf } from "../../assets/figures/heads_layout.js";

const SHAPE = { layers: 12, heads: 6, rows: 25, cols: 37, turned: false };

test("every head has its own pixels, and together with the gaps they fill the image", () => {
  for (const turned of [false, true]) {
    const shape = { ...SHAPE, turned };
    const { width, height } = sizeOf(shape);
    const taken = new Uint8Array(width * height);
    for (let layer = 0; layer < shape.layers; layer++)
      for (let head = 0; head < shape.heads; head++) {
        const { x, y } = cornerOf(shape, layer, head);
        for (let row = y; row < y + shape.rows; row++)
          for (let col = x; col < x + shape.cols; col++) taken[row * width + col]++;
      }
    assert.equal(Math.max(...taken), 1);
    assert.equal(
      taken.reduce((sum, each) => sum + each),
      12 * 6 * 25 * 37,
    );
    const last = cornerOf(shape, 11, 5);
    assert.deepEqual([last.x + shape.cols, last.y + shape.rows], [width, height]);
  }
});

test("after a turn, layers follow each other to the right", () => {
  assert.deepEqual(cornerOf(SHAPE, 1, 0), { x: 0, y: 25 + gapOf(SHAPE) });
  assert.deepEqual(cornerOf({ ...SHAPE, turned: true }, 1, 0), { x: 37 + gapOf(SHAPE), y: 0 });
});

test("the grid turns if this makes its maps larger", () => {
  assert.equal(largerTurned(SHAPE, { width: 1400, height: 800 }), true);
  assert.equal(largerTurned(SHAPE, { width: 390, height: 800 }), false);
  assert.equal(largerTurned({ ...SHAPE, layers: 6, heads: 12 }, { width: 1400, height: 800 }), false);
});

test("numbers that do not fit are left out evenly", () => {
  assert.deepEqual(
    [20, 12, 5, 2, 0.5].map((apart) => everyNth(apart, 12)),
    [1, 1, 5, 10, 20],
  );
});

test("a figure of the grid is enlarged by a whole number, with a number at every layer and head", () => {
  const names = Array.from({ length: 12 }, (_, layer) => `L${layer}`);
  for (const turned of [false, true]) {
    const { width, height, image, labels } = figureOf({ ...SHAPE, turned }, names, ["What", "How"]);
    const size = sizeOf({ ...SHAPE, turned });
    assert.equal(image.width / size.width, image.height / size.height);
    assert.ok(Number.isInteger(image.width / size.width) && image.width > size.width);
    assert.deepEqual(labels.map(({ text }) => text).sort(), ["What", "How", ...names, "0", "1", "2", "3", "4", "5"].sort());
    for (const { x, y } of labels) assert.ok(x > 0 && x < width && y > 0 && y < height);
    const third = labels.find(({ text }) => text === "L3");
    const corner = cornerOf({ ...SHAPE, turned }, 3, 0);
    const scale = image.width / size.width;
    if (turned) assert.equal(third?.x, image.x + (corner.x + SHAPE.cols / 2) * scale);
    else assert.ok(Math.abs((third?.y ?? 0) - image.y - (corner.y + SHAPE.rows / 2) * scale) < 6);
  }
});
