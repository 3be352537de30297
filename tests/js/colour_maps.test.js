import assert from "node:assert/strict";
import test from "node:test";
import { colourDomain, colourTable, paint } from "../../assets/figures/colour_maps.js";

test("a table is opaque and has the colours of its map at both ends", () => {
  const table = colourTable("viridis");
  assert.equal(table.length, 256);
  assert.equal(table[0], 0xff540144); // 440154, in the byte order of ImageData
  assert.equal(table[255], 0xff25e7fd);
});

test("the ends of the scales", () => {
  const values = Float32Array.from({ length: 1001 }, (_, i) => i / 1000);
  assert.deepEqual(colourDomain(values, "linear"), { low: 0, high: 1 });
  assert.ok(Math.abs(colourDomain(values, "robust").high - 0.995) < 1e-6);
  assert.deepEqual(colourDomain(values, "log"), { low: 0.001, high: 1 });
  assert.equal(colourDomain(new Float32Array(4), "robust").high, 1e-12);
});

test("the balanced scale ends where at most a tenth of the weight lies above it", () => {
  const even = Float32Array.from({ length: 1001 }, (_, i) => i / 1000);
  assert.equal(colourDomain(even, "balanced").high, colourDomain(even, "robust").high);
  const peaked = new Float32Array(1000).fill(0.0005);
  peaked.set([0.05, 0.04, 0.03, 0.02], 500);
  assert.ok(colourDomain(peaked, "robust").high < 0.02);
  assert.equal(colourDomain(peaked, "balanced").high, Math.fround(0.04), "0.05 may lie above the scale, 0.05 + 0.04 may not");
  peaked[0] = 0.9;
  assert.equal(colourDomain(peaked, "balanced").high, Math.fround(0.9));
});

test("a value beyond the ends has the colour of the end", () => {
  const table = Uint32Array.from({ length: 256 }, (_, i) => i);
  const pixels = new Uint32Array(5);
  paint(Float32Array.of(-1, 0, 0.5, 1, 9), { low: 0, high: 1 }, "linear", table, pixels);
  assert.deepEqual([...pixels], [0, 0, 128, 255, 255]);
  paint(Float32Array.of(0, 0.001, 0.1, 1, 9), { low: 0.001, high: 1 }, "log", table, pixels);
  assert.deepEqual([...pixels], [0, 0, 170, 255, 255]);
});
