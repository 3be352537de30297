import assert from "node:assert/strict";
import test from "node:test";
import { LESSONS } from "../../assets/lesson/lessons.js";
import { LessonState } from "../../assets/lesson/state.js";

/** @import { GridItem } from "../../assets/lesson_figure/grid.js" */
/** @import { Item } from "../../assets/lesson_figure/draw.js" */

const ROOM = { width: 720, height: 510, digits: 11 };
/** Links in addition to the opening one. @type {Record<string, string[]>} */
const LINKS = {
  self_attention: ["weights=Softmax&mask=Causal&row=4"],
  queries_keys_values: ["source=cross&mask=Causal", "pair=1&d=2"],
  multi_head: ["pieces=8&mask=Causal&heads_off=1", "reading=slice&pieces=2&followed=1&part=2&pair=0"],
};

/** Items that each lesson's figure draws at each step. */
const drawings = Object.keys(LESSONS).flatMap((name) =>
  ["", ...(LINKS[name] ?? [])].flatMap((link) =>
    [1, 2, 3, 4, 5, 6].map((step) => {
      const { figure: plan, show, terms } = LESSONS[name];
      const { data, choice } = show(new LessonState(terms, link));
      const layout = plan.layOut(plan.shapeOf(data), ROOM);
      const shown = plan.shownOf({ data, layout, choice: { ...choice, step }, preview: null });
      return { plan, shown, step, items: plan.itemsOf(shown), said: `${name}?${link} at step ${step}` };
    }),
  ),
);

/** @param {readonly Item[]} items */
const grids = (items) => /** @type {GridItem[]} */ (items.filter(({ kind }) => kind === "grid"));

/** @param {GridItem} grid */
const cellsOf = ({ values, cellOf }) => values.flatMap((row, i) => row.map((value, j) => ({ value, ...cellOf(i, j) })));

test("each item of a drawing has a unique key, and each number a unique name", () => {
  for (const { items, said } of drawings) {
    const names = grids(items)
      .flatMap(cellsOf)
      .flatMap(({ name }) => name ?? []);
    for (const all of [items.map(({ key }) => key), names]) assert.equal(new Set(all).size, all.length, said);
    assert.ok(names.length > 20, said);
  }
});

test("a copy has the value of the number of its name", () => {
  for (const { items, said } of drawings) {
    const cells = grids(items).flatMap(cellsOf);
    const values = new Map(cells.map(({ name, value }) => [name, value]));
    for (const { copy, value } of cells) if (copy) assert.equal(values.get(copy), value, `${copy} in ${said}`);
  }
});

test("every number has words with its value, and each editable cell has a name", () => {
  for (const { plan, shown, items, said } of drawings)
    for (const { name, value, edits } of grids(items).flatMap(cellsOf)) {
      if (name) assert.match(plan.describe(name, 0.25, shown), /: 0\.25|= 0\.25/, `${name} in ${said}`);
      if (edits) {
        const parts = edits.split("/");
        const [row, column] = parts.splice(-2).map(Number);
        assert.match(plan.cellName(shown.data, parts.join("/"), row, column), /^[A-Za-z]/, edits);
      }
      assert.ok(!Number.isNaN(value), `${name} in ${said}`);
    }
});

test("the keyboard focus is on drawn items, Tab stops once at each kind, and arrows lead to selectable items", () => {
  for (const { plan, shown, items, said } of drawings) {
    const cells = grids(items).flatMap(cellsOf);
    const names = new Set([...cells, ...items].flatMap((each) => ("name" in each && each.name) || []));
    const stops = plan.stopsOf(shown, (name) => plan.describe(name, 0.25, shown));
    const chosen = stops.filter((mark) => mark.chosen).map(({ stop }) => stop);
    assert.equal(new Set(chosen).size, chosen.length, said);
    for (const { name, stop, label } of stops) {
      assert.ok(names.has(name) && label, `${name} in ${said}`);
      for (const move of /** @type {[number, number][]} */ ([
        [1, 0],
        [0, -1],
      ])) {
        const choice = Object.values(plan.moved(shown, stop, name, move) ?? {});
        assert.ok(
          choice.every((at) => at !== null && at >= 0),
          `${name} in ${said}`,
        );
      }
    }
  }
});
