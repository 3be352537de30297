import assert from "node:assert/strict";
import test from "node:test";
import { formatNumber, largestOf } from "../../assets/shared/numbers.js";

/** @type {[Parameters<typeof formatNumber>[1], [number, string][]][]} */
const WRITTEN = [
  [
    "figure",
    [
      [0, "0"],
      [-8e-16, "0"],
      [2e-15, "2e-15"],
      [0.0049, "5e-3"],
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
      [0.001234, "0.00123"],
      [-0.001234, "-1.2e-3"],
      [1e-5, "1e-5"],
      [12345, "1.2e4"],
      [1e-17, "1e-17"],
      [NaN, "nan"],
      [Infinity, "∞"],
    ],
  ],
  [
    "sentence",
    [
      [0, "0"],
      [1 / 3, "0.333333"],
      [0.004, "4e-3"],
      [-123456.7, "-123457"],
    ],
  ],
];

for (const [form, cases] of WRITTEN)
  test(`numbers of a ${form}`, () => {
    for (const [value, text] of cases) assert.equal(formatNumber(value, form), text);
  });

test("the largest size leaves out what is not finite", () => {
  assert.equal(
    largestOf([
      [1, -3],
      [-Infinity, 2],
    ]),
    3,
  );
  assert.equal(largestOf([]), 0);
});
