import assert from "node:assert/strict";
import test from "node:test";
import { decimalsOf, fixed, formatNumber, largestOf } from "../../assets/figures/numbers.js";

/** @type {[Parameters<typeof formatNumber>[1], [number, string][]][]} */
const WRITTEN = [
  [
    "figure",
    [
      [0, "0"],
      [-8e-16, "0"],
      [2e-15, "≈0"],
      [-0.00049, "≈0"],
      [-0.0005, "-0.001"],
      [-0.002, "-0.002"],
      [0.0049, "0.005"],
      [0.005, "0.01"],
      [-0.5, "-0.50"],
      [9.994, "9.99"],
      [9.995, "10.0"],
      [99.94, "99.9"],
      [99.95, "100"],
      [-999.4, "-999"],
      [1234, "1.2e3"],
      [-Infinity, "−∞"],
    ],
  ],
  [
    "readout",
    [
      [0, "0"],
      [0.081254, "0.08125"],
      [0.00001234, "1.23e-5"],
      [1, "1"],
      [12345.6, "1.23e4"],
    ],
  ],
  [
    "cell",
    [
      [0, "0"],
      [1 / 3, "0.333"],
      [-2.5, "-2.5"],
      [1234.56, "1235"],
      [-0.002, "-0.002"],
      [-0.001234, "-0.00123"],
      [0.00012345, "0.00012"],
      [-2e-5, "-0.00002"],
      [2.34e-5, "2.3e-5"],
      [1e-6, "1e-6"],
      [12345, "1.2e4"],
      [1e-17, "1e-17"],
      [NaN, "nan"],
      [Infinity, "∞"],
    ],
  ],
  [
    "narrow",
    [
      [-1 / 3, "-0.333"],
      [-12.345, "-12.35"],
      [-0.002, "-0.002"],
      [0.01234, "0.012"],
      [-0.001234, "-0.001"],
      [0.000123, "1.2e-4"],
      [-2e-5, "-2e-5"],
      [12345, "1.2e4"],
    ],
  ],
  [
    "sentence",
    [
      [0, "0"],
      [1 / 3, "0.333333"],
      [0.0049, "0.0049"],
      [-0.00012345, "-0.00012345"],
      [1.234e-5, "0.00001234"],
      [1.5e-9, "1.5e-9"],
      [-123456.7, "-123457"],
    ],
  ],
];

for (const [form, cases] of WRITTEN)
  test(`numbers of a ${form}`, () => {
    for (const [value, text] of cases) assert.equal(formatNumber(value, form), text);
  });

test("numbers of a list have enough decimals to distinguish neighbours", () => {
  const written = (/** @type {number[]} */ values) => values.map((value) => fixed(value, decimalsOf(values)));
  assert.deepEqual(written([11.04, 10.96, 9.5]), ["11.04", "10.96", "9.50"]);
  assert.deepEqual(written([11.0412, 11.0387, 3]), ["11.041", "11.039", "3.000"]);
  assert.deepEqual(written([3.5, 3.5, 3.4]), ["3.500", "3.500", "3.400"], "equal ones stay equal");
  assert.deepEqual(written([313.26, -313.26]), ["313.3", "-313.3"]);
  assert.deepEqual(written([2, -Infinity]), ["2.000", "−∞"]);
});

test("the largest size ignores numbers that are not finite", () => {
  assert.equal(
    largestOf([
      [1, -3],
      [-Infinity, 2],
    ]),
    3,
  );
  assert.equal(largestOf([]), 0);
});
