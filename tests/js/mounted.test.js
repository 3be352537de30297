import assert from "node:assert/strict";
import test from "node:test";
import { mounted } from "../../assets/controls/mounted.js";

/** The part of an element that a component's root needs. `marks` stand for what views append to it. */
class Root {
  marks = 0;
  /** @type {Place | null} */ parent = null;

  cloneNode() {
    return Object.assign(new Root(), { marks: this.marks });
  }
  /** @param {Root} other */
  replaceWith(other) {
    this.parent?.put(other);
  }
}
Object.assign(globalThis, { HTMLElement: Root });

class Place {
  root = new Root();

  constructor() {
    this.put(this.root);
  }
  /** @param {Root} root */
  put(root) {
    this.root = Object.assign(root, { parent: this });
  }
  querySelector() {
    return this.root;
  }
}

/** A view that leaves a mark on its root. */
class Marker {
  closed = false;
  /** @type {number[]} */ shown = [];

  /** @param {any} root */
  constructor(root) {
    this.root = root;
    root.marks += 1;
    made.push(this);
  }
  /** @param {number} data */
  show(data) {
    this.shown.push(data);
  }
  close() {
    this.closed = true;
  }
}

/** @type {Marker[]} */
const made = [];
const component = mounted(/** @type {any} */ (Marker), ".root", () => {});
/** @param {Place} place @param {number} data */
const call = (place, data) => component(/** @type {any} */ ({ data, parentElement: place }));

test("an older call's cleanup does not end the view of a newer call", () => {
  made.length = 0;
  const place = new Place();
  const older = call(place, 1);
  const newer = call(place, 2);
  older();
  assert.equal(made[0].closed, false);
  call(place, 3);
  assert.deepEqual(
    made.map(({ shown }) => shown),
    [[1, 2, 3]],
  );
  newer();
  assert.equal(made[0].closed, false);
});

test("a new view finds its root as the HTML describes it", () => {
  made.length = 0;
  const place = new Place();
  call(place, 1)();
  assert.equal(made[0].closed, true);
  call(place, 2)();
  call(place, 3);
  assert.deepEqual(
    made.map(({ closed }) => closed),
    [true, true, false],
  );
  assert.equal(place.root.marks, 1);
  assert.equal(made[2].root, place.root);
});

test("older data of the same session are ignored, and their cleanup ends nothing", () => {
  made.length = 0;
  const place = new Place();
  /** @param {string} said @param {[string, number]} turn */
  const give = (said, turn) =>
    component(/** @type {any} */ ({ data: Object.assign(new String(said), { turn }), parentElement: place }));
  const newest = give("third", ["a", 3]);
  give("first", ["a", 1])();
  give("third", ["a", 3]);
  give("first of another session", ["b", 1]);
  assert.deepEqual(made[0].shown.map(String), ["third", "third", "first of another session"]);
  newest();
  assert.equal(made[0].closed, false);
  give("second", ["b", 2])();
  assert.equal(made[0].closed, true);
});
