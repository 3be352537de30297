import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { LESSONS } from "../../assets/lesson/lessons.js";
import { MOST, linkText, writeLink } from "../../assets/lesson/link.js";
import { LessonState } from "../../assets/lesson/state.js";
import { ofLessons } from "./link_names.js";

/** @import { Lesson } from "../../assets/lesson/lesson_type.js" */

const PAGE = "https://regard.test/lesson";
const NAMES = ofLessons();
fc.configureGlobal({ seed: 1, numRuns: 300 });

/** Titles of a choice when a lesson opens, and titles in older links. */
const TITLES = Object.values(LESSONS).flatMap(({ terms, show }) =>
  show(new LessonState(terms, "")).blocks.flatMap((block) => (block.kind === "choice" ? Object.values(block.options) : [])),
);
const JUNK = [
  "1_1000.0001",
  "1_0x10",
  "Infinity",
  "",
  "0",
  "-1",
  "99",
  "999",
  "1e999",
  "nan",
  "NaN_1",
  "²",
  "٣",
  "1__2",
  "~",
  "_",
  "1_2~3",
  "\0",
  "💥",
  "\ud800",
];
const PROTOTYPE = ["__proto__", "constructor", "toString", "hasOwnProperty"];
const number = fc.oneof(
  fc.double({ min: -MOST.size, max: MOST.size, noNaN: true }).map(String),
  fc.integer({ min: -3, max: 3 }).map(String),
  fc.constantFrom("1e3", "-.5", "7.", "1e-320", "-0"),
);
/** Rows, most of them of one width. */
const rows = fc
  .tuple(fc.integer({ min: 1, max: 13 }), fc.integer({ min: 1, max: 17 }))
  .chain(([count, width]) =>
    fc.array(fc.array(number, { minLength: width, maxLength: width }), { minLength: count, maxLength: count }),
  )
  .map((found) => found.map((row) => row.join("_")).join("~"));
const cells = fc.array(fc.string({ unit: fc.constantFrom("0", "1"), minLength: 3, maxLength: 5 }), {
  minLength: 1,
  maxLength: 5,
});
const said = fc.oneof(
  fc.constantFrom(...TITLES, "true", "Off", ...JUNK, ...PROTOTYPE),
  fc.integer({ min: 0, max: 120 }).map(String),
  fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 12 }).map((places) => places.join("_")),
  cells.map((found) => found.join("~")),
  fc.string({ unit: "binary", maxLength: 8 }),
);

/** @param {string} lesson */
const links = (lesson) => {
  const { settings, matrices } = NAMES[lesson];
  const setting = fc.tuple(fc.constantFrom(...settings, ...PROTOTYPE), said);
  const ragged = fc.tuple(rows, rows).map((both) => both.join("~"));
  const matrix = fc.tuple(fc.constantFrom(...matrices), fc.oneof({ weight: 4, arbitrary: rows }, ragged, said));
  return fc
    .tuple(fc.array(setting, { maxLength: 8 }), fc.array(matrix, { maxLength: 3 }))
    .map(([some, others]) => String(new URLSearchParams([...some, ...others])));
};

/** @param {Lesson} lesson @param {string} link */
function opened({ terms, show }, link) {
  const state = new LessonState(terms, link);
  const shown = show(state);
  shown.paper?.();
  return { state, shown, says: linkText(writeLink(state, shown.matrices, PAGE).whole) };
}

/** @param {unknown} value @returns {number[]} all numbers in it */
function numbersIn(value) {
  if (typeof value === "number") return [value];
  return value && typeof value === "object" ? Object.values(value).flatMap(numbersIn) : [];
}

for (const [name, lesson] of Object.entries(LESSONS)) {
  test(`${name}: a lesson opens with any link`, () => {
    fc.assert(
      fc.property(links(name), (link) => {
        const { state, shown } = opened(lesson, link);
        assert.deepEqual(Object.keys(state.settings).sort(), Object.keys(lesson.terms.parameters).sort());
        assert.ok(shown.steps.length === 6 && shown.blocks.length > 0);
        for (const at of Object.values(shown.choice)) assert.ok(at === null || (Number.isInteger(at) && at >= 0));
        for (const matrix of NAMES[name].matrices)
          assert.ok(new Set((state.edited(matrix) ?? []).map((row) => row.length)).size <= 1, "rows of one width");
        const read = numbersIn(NAMES[name].matrices.map((matrix) => state.edited(matrix)));
        assert.ok(read.every((value) => Math.abs(value) <= MOST.size) && read.length <= 12 * MOST.vectors * MOST.width);
      }),
    );
  });

  test(`${name}: what a lesson shows comes back from its link`, () => {
    fc.assert(
      fc.property(links(name), (link) => {
        const { state, shown, says } = opened(lesson, link);
        const back = opened(lesson, says);
        assert.equal(back.says, says);
        assert.deepEqual(back.state.settings, says ? state.settings : opened(lesson, "").state.settings);
        for (const matrix of shown.matrices)
          assert.deepEqual(numbersIn(back.state.edited(matrix)), numbersIn(state.edited(matrix)).map(plain));
        assert.equal(JSON.stringify(back.shown.report), JSON.stringify(shown.report));
      }),
    );
  });

  for (const [setting, { opening, read, write }] of Object.entries(lesson.terms.parameters)) {
    test(`${name}: ${setting} is read as far as it can be, and written as it was read`, () => {
      fc.assert(
        fc.property(fc.array(said, { minLength: 1, maxLength: 3 }), (texts) => {
          const value = read(texts);
          const text = write(value ?? opening);
          if (value === undefined || text === null) return;
          assert.deepEqual(read([text]), value);
        }),
      );
    });
  }
}

test("a link without settings of the lesson opens it like a first visit", () => {
  for (const { terms } of Object.values(LESSONS))
    for (const name of [...PROTOTYPE, "embed", "utm_source"])
      assert.deepEqual(new LessonState(terms, `${name}=1`).settings, new LessonState(terms, "").settings, name);
});

/** Replaces −0 by 0, because links have no −0. @param {number} value */
const plain = (value) => value + 0;
