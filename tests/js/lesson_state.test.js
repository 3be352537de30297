import assert from "node:assert/strict";
import test from "node:test";
import { LESSONS } from "../../assets/lesson/lessons.js";
import { addressWith, linkText, writeLink } from "../../assets/lesson/link.js";
import { LessonState } from "../../assets/lesson/state.js";
import { beside, nearest, saysSkipped, withoutPages } from "../../assets/lesson/steps.js";
import { reorder } from "../../assets/lesson/vectors.js";

const PAGE = "https://regard.test/self_attention";
const { terms, show } = LESSONS.self_attention;
const opened = (link = "") => new LessonState(terms, link);
/** @param {LessonState} state */
const linkOf = (state) => new URL(addressWith(PAGE, writeLink(state, show(state).matrices, PAGE).link)).search.slice(1);

test("a first visit opens at the first step of the bare form, and its link is empty", () => {
  const state = opened();
  assert.equal(state.settings.step, 0);
  assert.equal(state.settings.weights, "raw");
  assert.equal(linkOf(state), "");
});

test("a link from the time before steps opens at the last step", () => {
  assert.equal(opened("row=1").settings.step, 5);
  assert.equal(opened("X=1_2~3_4").settings.step, 5);
  assert.equal(opened("width=32").settings.step, 0); // not the lesson's
});

test("settings come back from the link", () => {
  const state = opened();
  state.set({
    weights: "scaled",
    vectors: "words",
    mask: "own",
    cells: [
      [true, false],
      [true, true],
    ],
    row: 1,
    pair: 0,
    done: [0, 2],
  });
  state.edit("X", [
    [0.5, -1e-7],
    [2, 3],
  ]);
  const link = linkOf(state);
  const back = opened(link);
  assert.deepEqual(back.settings, state.settings);
  assert.deepEqual(back.edited("X"), [
    [0.5, -1e-7],
    [2, 3],
  ]);
  assert.equal(linkOf(back), link);
});

test("unexpected settings in a link are ignored, and unreadable ones are reported", () => {
  const state = opened("X=nan_inf~1e999_&weights=%3Cscript%3E&row=999&step=-1&pair=0&order=1_1_1&cells=2&radius=99&t=7&done=9");
  assert.deepEqual(state.settings.order, [0, 0, 0]);
  assert.deepEqual(show(state).report.x, show(opened()).report.x);
  assert.deepEqual(
    [state.settings.weights, state.settings.row, state.settings.pair, state.settings.cells],
    ["raw", 2, null, null],
  );
  assert.match(state.messages.get("X") ?? "", /could not be read/);
});

test("a drag is one edit to undo, and a reset can be undone too", () => {
  const state = opened();
  for (const value of [1, 2, 3]) state.edit("X", [[value, 0]], value === 3);
  assert.deepEqual(state.edited("X"), [[3, 0]]);
  state.edit("X", [[4, 0]]);
  state.undo("X");
  assert.deepEqual(state.edited("X"), [[3, 0]]);
  state.reset(["X"]);
  assert.equal(state.edited("X"), null);
  state.undo("X");
  state.undo("X");
  assert.equal(state.edited("X"), null);
  assert.equal(state.canUndo("X"), false);
});

test("an edit whose shape differs from its preset's returns to the preset and says so", () => {
  const lesson = LESSONS.queries_keys_values;
  const state = new LessonState(lesson.terms, "Wq=1_2~3_4");
  assert.equal(lesson.show(state).report.made.q.weight.length, 4);
  assert.match(state.messages.get("Wq") ?? "", /2 × 2.*4 × 4/);
});

test("a link that would be too long omits the numbers, and the whole link has them", () => {
  const state = opened();
  state.edit(
    "X",
    Array.from({ length: 12 }, (_row, i) => Array.from({ length: 16 }, (_column, j) => Math.sin(i + j / 7))),
  );
  const { link, whole, fits } = writeLink(state, ["X"], PAGE);
  assert.equal(fits, false);
  assert.equal(link.X, null);
  assert.deepEqual(opened(linkText(whole)).edited("X"), state.edited("X"));
});

test("a message about a matrix disappears with its cause", () => {
  const lesson = LESSONS.queries_keys_values;
  const state = new LessonState(lesson.terms, "Wq=1_2~3_4");
  lesson.show(state);
  state.set({ row: 1 });
  assert.equal(state.messages.size, 1);
  state.set({ d: 2 });
  assert.equal(state.messages.size, 0);
});

test("if most vectors stay as they were they keep their names, otherwise they have none", () => {
  const words = opened("vectors=Words+in+2-D&step=1");
  const moved = show(words).report.x.map((/** @type {number[]} */ row, /** @type {number} */ at) => (at ? row : [0, 1]));
  words.edit("X", moved);
  assert.deepEqual(show(words).data.captions, ["king", "queen", "man", "woman", "apple"]);
  words.edit(
    "X",
    moved.map((/** @type {number[]} */ row) => row.map((value) => value + 1)),
  );
  assert.deepEqual(show(words).data.captions, []);
});

test("start over resets everything but can be undone", () => {
  const state = opened("weights=Softmax&X=1_2&done=1&row=1&step=4");
  state.startOver();
  assert.deepEqual(state.settings, opened().settings);
  state.undo("X");
  assert.deepEqual(state.edited("X"), [[1, 2]]);
});

test("a shuffle takes the selected row and key with it", () => {
  const state = opened("row=1&pair=4&step=6");
  reorder(state, [0, 1, 2, 3, 4], [3, 4, 0, 1, 2]);
  const { data, choice } = show(state);
  assert.equal(data.names.x[choice.row ?? -1], "x_1");
  assert.equal(data.names.x[choice.pair ?? -1], "x_4");
});

test("steps that change nothing are skipped and named", () => {
  const { steps } = show(opened());
  assert.deepEqual(
    steps.map(({ skip }) => skip !== ""),
    [false, true, true, true, false, false],
  );
  assert.equal(beside(steps, 0, 1), 4);
  assert.equal(beside(steps, 4, -1), 0);
  assert.equal(beside(steps, 5, 1), 5);
  assert.equal(nearest(steps, 3, 1), 4);
  assert.equal(
    saysSkipped(steps),
    "Skipped: scale (not used in this form), mask (no mask is set), softmax (not used in this form).",
  );
});

test("the narration leads from the bare form to softmax, to the scale, to the next lesson", () => {
  const state = opened("step=6");
  const leads = ["raw", "softmax", "scaled"].map((weights) => {
    state.set({ weights });
    return show(state).steps[5].lead;
  });
  assert.deepEqual(
    leads.map((lead) => lead?.set ?? lead?.page),
    [{ weights: "softmax", step: 3 }, { weights: "scaled", step: 1 }, "queries_keys_values"],
  );
  assert.equal(withoutPages(show(state).steps)[5].lead, null);
});

test("heads of older links, which count from 1, keep their meaning", () => {
  const { terms: ofHeads, show: showHeads } = LESSONS.multi_head;
  const state = new LessonState(ofHeads, "off=1&off=3");
  assert.deepEqual(showHeads(state).report.on, [false, true, false, true]);
});
