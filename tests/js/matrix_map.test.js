import assert from "node:assert/strict";
import test from "node:test";
import { Axis, GAP, LEAST } from "../../assets/matrix_map/axis.js";
import { blockOf, cellMeans, cellOfToken, countOf, nameOf, patchOf } from "../../assets/matrix_map/cells.js";

const PREFIX = ["CLS", "register 1"];
/** 5 × 8 patches in blocks of 3 × 3. */
const POOLED = { prefix: 2, factor: 3, blocks: { rows: 2, cols: 3 }, grid: { rows: 5, cols: 8 } };
const WHOLE = { prefix: 1, factor: 1, blocks: { rows: 5, cols: 8 }, grid: { rows: 5, cols: 8 } };

/** @param {number} length */
const upTo = (length) => Array.from({ length }, (_, i) => i);

test("every patch is in the block of its cell, and every block has only its own patches", () => {
  for (const cells of [POOLED, WHOLE]) {
    const { rows, cols } = cells.grid;
    const held = upTo(rows * cols).map((patch) => {
      const block = blockOf(cells, cellOfToken(cells, cells.prefix + patch));
      assert.ok(block);
      const [down, right] = [Math.floor(patch / cols) - block.row, (patch % cols) - block.col];
      assert.ok(down >= 0 && down < block.rows && right >= 0 && right < block.cols, `patch ${patch}`);
      return JSON.stringify(block);
    });
    const blocks = upTo(countOf(cells)).flatMap((cell) => blockOf(cells, cell) ?? []);
    assert.deepEqual(new Set(held), new Set(blocks.map((block) => JSON.stringify(block))));
    assert.equal(
      blocks.reduce((sum, block) => sum + block.rows * block.cols, 0),
      rows * cols,
    );
  }
});

test("a prefix token is a cell of its own, and not a patch", () => {
  assert.deepEqual([0, 1].map((token) => cellOfToken(POOLED, token)), [0, 1]); // prettier-ignore
  assert.deepEqual([blockOf(POOLED, 1), patchOf(POOLED, 1), nameOf(POOLED, PREFIX, 1)], [null, null, "register 1"]);
});

test("the patch that a cell pins is in the cell's middle", () => {
  assert.equal(patchOf(POOLED, 2), 8 + 1);
  assert.equal(patchOf(POOLED, 7), 3 * 8 + 6); // the corner, 2 × 2 patches
  for (const cell of upTo(countOf(POOLED)).slice(2)) assert.equal(cellOfToken(POOLED, 2 + Number(patchOf(POOLED, cell))), cell);
});

test("a cell is named after its patches", () => {
  assert.equal(nameOf(POOLED, PREFIX, 3), "patches (0–2, 3–5)");
  assert.equal(nameOf(POOLED, PREFIX, 7), "patches (3–4, 6–7)");
  assert.equal(nameOf(WHOLE, ["CLS"], 10), "patch (1, 1)");
  const odd = { ...POOLED, factor: 2, blocks: { rows: 3, cols: 4 } };
  assert.equal(nameOf(odd, PREFIX, 13), "patches (4, 6–7)");
});

test("description of a cell", () => {
  const many = { ...POOLED, grid: { rows: 37, cols: 37 } };
  assert.equal(
    cellMeans(many, PREFIX),
    "1,369 patches. Each cell is the mean weight from a block of 3 × 3 patches to a block of 3 × 3 patches.",
  );
  assert.equal(cellMeans(WHOLE, ["CLS"]), "CLS and 40 patches. Each cell is one weight.");
  assert.equal(cellMeans({ ...WHOLE, prefix: 0 }, []), "40 patches. Each cell is one weight.");
});

test("the axis finds each cell at the position where it draws it", () => {
  for (const [prefix, count, length] of [
    [0, 64, 640],
    [1, 362, 676],
    [5, 365, 300],
    [2, 10, 640],
  ])
    // prettier-ignore
    for (const unit of [1, 1.5, 2]) {
      const axis = new Axis(prefix, count, length * unit, unit);
      let end = 0;
      for (const cell of upTo(count)) {
        const parted = prefix > 0 && cell === prefix ? GAP * unit : 0;
        assert.ok(Math.abs(axis.start(cell) - end - parted) < 1e-6, `cell ${cell}`);
        end = axis.start(cell) + axis.size(cell);
        for (const inside of [0.01, 0.5, 0.99]) assert.equal(axis.at(axis.start(cell) + inside * axis.size(cell)), cell);
      }
      assert.ok(Math.abs(end - length * unit) < 1e-6);
      assert.ok(!prefix || axis.size(0) >= LEAST * unit, "wide enough to be pointed at");
      assert.deepEqual([axis.at(-3), axis.at(length * unit + 3)], [0, count - 1]);
    }
});
