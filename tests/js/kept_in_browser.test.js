import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { keepNumbers, withKeptNumbers } from "../../assets/lesson/kept_numbers.js";
import { LESSONS } from "../../assets/lesson/lessons.js";
import { readSeen, writeSeen } from "../../assets/lesson/seen_words.js";
import { LessonState } from "../../assets/lesson/state.js";

fc.configureGlobal({ seed: 1, numRuns: 500 });

/** Stands for the browser's storage. Every read returns this value until another one is stored. */
class Shelf {
  /** @param {string | null} found */
  constructor(found) {
    this.found = found;
  }

  getItem() {
    return this.found;
  }

  /** @param {string} _ @param {string} text */
  setItem(_, text) {
    this.found = text;
  }
}

/** @param {string | null} found */
const shelves = (found) => Object.assign(globalThis, { sessionStorage: new Shelf(found), localStorage: new Shelf(found) });

const whole = fc.oneof(fc.string({ unit: "binary" }), fc.anything(), fc.constant("X=1_2~3_4&step=9"));
const kept = fc.oneof(
  fc.constant(null),
  fc.string({ unit: "binary" }),
  fc.json(),
  fc.record({ link: fc.oneof(fc.constant("row=1"), fc.anything()), whole }, { requiredKeys: [] }).map((found) => json(found)),
  fc.record({ link: fc.constant("row=1"), whole }).map((found) => json(found).slice(0, -3)),
);

/** JSON omits values that it cannot express. @param {unknown} value */
function json(value) {
  return JSON.stringify(value, (_, each) => (typeof each === "bigint" ? String(each) : each)) ?? "";
}

test("a lesson opens whatever the tab has stored for it", () => {
  fc.assert(
    fc.property(kept, fc.constantFrom("", "row=1", "row=2"), (found, link) => {
      shelves(found);
      const said = withKeptNumbers("self_attention", link);
      assert.equal(typeof said, "string");
      const { terms, show } = LESSONS.self_attention;
      assert.equal(show(new LessonState(terms, said)).steps.length, 6);
    }),
  );
});

test("the tab's stored numbers come back with their own link and with an empty one", () => {
  fc.assert(
    fc.property(fc.string(), fc.webQueryParameters(), (all, asked) => {
      shelves(null);
      const link = String(new URLSearchParams(asked)).replaceAll("%7E", "~");
      keepNumbers("qkv", { link, whole: all });
      assert.equal(withKeptNumbers("qkv", link), all);
      assert.equal(withKeptNumbers("qkv", ""), all);
      assert.equal(withKeptNumbers("qkv", `${link}&other=1`), `${link}&other=1`);
    }),
  );
});

test("the list of explained words has only words, whatever the browser has stored", () => {
  fc.assert(
    fc.property(kept, (found) => {
      shelves(found);
      assert.ok(readSeen().every((word) => typeof word === "string"));
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      writeSeen(words);
      assert.deepEqual(readSeen(), words);
    }),
  );
});

test("a browser that refuses to store anything behaves like one that has stored nothing", () => {
  for (const name of ["sessionStorage", "localStorage"])
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get: () => {
        throw new DOMException("denied", "SecurityError");
      },
    });
  keepNumbers("qkv", { link: "row=1", whole: "row=1" });
  writeSeen(["query"]);
  assert.equal(withKeptNumbers("qkv", "row=2"), "row=2");
  assert.deepEqual(readSeen(), []);
});
