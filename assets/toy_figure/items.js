// The figure of the textbooks: inputs below, the chosen row of weights, the weighted values, their sum y on top.
import { columnsOf, drawnName } from "./columns.js";
import { plainName, subscript } from "../lesson_figure/written.js";
import { largestOf } from "../figures/numbers.js";
import { matricesOf, projectionsOf } from "./projections.js";
import { STEPS, keyNames, pairOf, shade, weightAt } from "./trace.js";
import { wiresOf } from "./wires.js";

/** @import { Item } from "../lesson_figure/draw.js" */
/** @import { Shown } from "./trace.js" */

/** @param {Shown} shown @returns {Item[]} */
export const itemsOf = (shown) => [
  ...wiresOf(shown),
  ...inputs(shown),
  ...matricesOf(shown),
  ...(shown.data.projected ? projectionsOf(shown) : []),
  ...query(shown),
  ...(shown.data.cross ? asker(shown) : []),
  weights(shown),
  ...(shown.data.editable ? eyes(shown) : []),
  ...(shown.step >= STEPS.weigh ? products(shown) : []),
  ...outputs(shown),
];

/** @param {Shown} shown @returns {Item[]} */
function inputs(shown) {
  const { data, layout, lit, row } = shown;
  const { cellHeight: height, inputWidth: width, inputTop: y } = layout;
  const vectors = data.z ?? data.x;
  const names = keyNames(data);
  const [letter, matrix] = data.cross ? ["z", "Z"] : ["x", "X"];
  const cells = columnsOf(shown, letter, vectors, {
    ...{ x: layout.inputLeft, y, width, role: "x" },
    edits: (j) => `${matrix}/${j}`,
    says: (j) => plainName(names[j]),
    className: (j) => {
      const roles = data.projected ? "" : `${lit === j ? "as-key as-value" : ""} ${j === row ? "as-query" : ""}`;
      return `token-${j} ${shade(shown, j)} ${roles}`;
    },
  });
  const bottom = y + vectors[0].length * height;
  const labels = names.flatMap((text, j) => {
    const x = layout.inputLeft(j) + width / 2;
    const className = `x token-${j} ${shade(shown, j)}`;
    const name = drawnName(shown, `input-name/${j}`, { text, x, y: bottom + layout.nameHeight / 2, className });
    const said = layout.captioned && data.captions[j];
    return said ? [name, caption(`caption/${j}`, said, x, layout.captionTop + layout.captionHeight / 2)] : [name];
  });
  return [cells, ...labels];
}

/** @param {string} key @param {string} text @param {number} x @param {number} y @returns {Item} */
const caption = (key, text, x, y) => ({ kind: "label", key, text, x, y, className: "caption" });

/** @param {Shown} shown @returns {Item[]} */
function query(shown) {
  const { data, layout, row } = shown;
  const { cellHeight: height, nameHeight, digits, laneWidth } = layout;
  const width = Math.min(laneWidth, layout.columnWidth);
  const { x, y } = { x: layout.query.x + (laneWidth - width) / 2, y: layout.query.y };
  const text = data.projected ? `q_${subscript(data.names.x[row])}` : data.names.x[row];
  const middle = x + width / 2;
  const below = y + data.q[row].length * height + nameHeight / 2;
  return [
    // The row is part of the key: a new query comes from its own column.
    columnsOf(shown, `query/${row}`, [data.q[row]], {
      ...{ x: () => x, y, width, role: "q", largest: largestOf(data.q), from: { ...querySource(shown), opacity: 0 } },
      name: () => `query/${row}`,
      says: () => `Query ${plainName(text)}`,
      className: () => "as-query",
    }),
    drawnName(shown, "query-name", { text, x: middle, y: y - nameHeight / 2 - 1, className: "q" }),
    ...(laneWidth >= 3 * digits.least ? [caption("query-role", "query", middle, below)] : []),
  ];
}

/** The source vector of the query, in cross-attention. @param {Shown} shown @returns {Item[]} */
function asker(shown) {
  const { data, layout, row } = shown;
  const { askerLeft: x, inputTop: y, inputWidth: width } = layout;
  const bottom = y + data.x[row].length * layout.cellHeight + layout.nameHeight / 2;
  const text = data.names.x[row];
  return [
    columnsOf(shown, `x/${row}`, [data.x[row]], {
      ...{ x: () => x, y, width, role: "x", largest: largestOf(data.x) },
      name: () => `x/${row}`,
      edits: () => `X/${row}`,
      says: () => plainName(text),
    }),
    drawnName(shown, "query-input", { text, x: x + width / 2, y: bottom, className: "x" }),
  ];
}

/** Return the place of the column that the query copies. @param {Shown} shown */
function querySource({ data, layout, row }) {
  if (data.cross) return { x: layout.askerLeft, y: layout.inputTop };
  if (data.projected) return { x: layout.roleLeft("q", row), y: layout.groupTop };
  return { x: layout.inputLeft(row), y: layout.inputTop };
}

/** @param {Shown} shown @returns {Item} */
function weights(shown) {
  const { data, layout, step, row, lit, pinned } = shown;
  const values = data.weights[row].map((_, j) => weightAt(shown, j));
  return columnsOf(
    shown,
    "w",
    values.map((value) => [value]),
    {
      ...{ x: layout.columnLeft, y: layout.weightTop, width: layout.columnWidth, height: layout.weightHeight, role: "w" },
      largest: step >= STEPS.softmax && data.normalise ? 1 : largestOf([values]),
      striped: true,
      cellOf: (j) => ({
        name: `w/${row}/${j}`,
        className: [
          `weight ${shade(shown, j)} ${lit === j ? "lit" : ""} ${pinned === j ? "pinned" : ""}`,
          step >= STEPS.mask && data.blocked[row][j] ? "blocked" : "",
        ].join(" "),
      }),
    },
  );
}

/** An eye under each weight. It is open if the chosen query may look at the key. @param {Shown} shown @returns {Item[]} */
function eyes(shown) {
  const { data, layout, row } = shown;
  const { columnWidth: width, eyeHeight: height, eyeTop: y } = layout;
  const scale = Math.min(height, width * 0.94) * 1.15;
  return data.blocked[row].map((blocked, j) => ({
    ...{ kind: "eye", key: `eye/${j}`, name: `toggle/${row}/${j}`, open: !blocked },
    ...{ x: layout.columnLeft(j), y, width, height, scale, className: shade(shown, j) },
  }));
}

/** @param {Shown} shown @returns {Item[]} */
function products(shown) {
  const { data, layout, step, row, lit } = shown;
  const { columnWidth: width, productTop: y } = layout;
  const all = data.v.map((values, j) => values.map((value) => data.weights[row][j] * value));
  const largest = largestOf(all);
  const longest = productName(shown, data.v.length - 1);
  return all.flatMap((values, j) => {
    const x = layout.columnLeft(j);
    const source = data.projected
      ? { x: layout.roleLeft("v", j), y: layout.groupTop }
      : { x: layout.inputLeft(j), y: layout.inputTop };
    const nothing = `${data.blocked[row][j] ? "nothing" : ""} ${shade(shown, j)}`;
    const text = productName(shown, j);
    const above = { x: layout.centre(j), y: y - layout.nameHeight / 2 - 1, room: layout.pitch, className: `v ${nothing}` };
    const looks = { width, role: "v", largest };
    const column = columnsOf(shown, `product/${j}`, [values], {
      ...{ ...looks, x: () => x, y, from: { ...source, opacity: 0.6 } },
      name: () => `product/${row}/${j}`,
      says: () => `Weighted value ${plainName(text)}`,
      className: () => `product ${nothing} ${lit === j ? "as-value" : ""}`,
    });
    const name = drawnName(shown, `product-name/${j}`, { text, longest, ...above });
    if (step !== STEPS.sum || data.weights[row][j] === 0) return [column, name];
    // Copies of the products fly together into y.
    const flight = columnsOf(shown, `flight/${row}/${j}`, [values], {
      ...{ ...looks, x: () => layout.outputLeft(row), y: layout.outputTop, from: { x, y }, opacity: 0 },
      cellOf: () => ({ className: "flight" }),
    });
    return [column, name, flight];
  });
}

/** @param {Shown} shown @param {number} j */
function productName({ data, row }, j) {
  const key = subscript(keyNames(data)[j]);
  return `w_${pairOf(subscript(data.names.x[row]), key)}·${data.projected ? "v" : data.cross ? "z" : "x"}_${key}`;
}

/** @param {Shown} shown @returns {Item[]} */
function outputs(shown) {
  const { data, layout, step, row } = shown;
  const { cellHeight: height, outputWidth: width, outputTop: y } = layout;
  const chosen = (/** @type {number} */ i) => (i === row ? "output chosen" : "output");
  const names = data.names.y.map((text, i) => {
    const place = { x: layout.outputLeft(i) + width / 2, y: y - layout.nameHeight / 2 - 1, room: layout.outputPitch };
    return { ...drawnName(shown, `y-name/${i}`, { text, ...place, className: `y ${chosen(i)}` }), name: `row/${i}` };
  });
  if (step === STEPS.sum) {
    const says = (/** @type {number} */ i) => plainName(data.names.y[i]);
    return [
      ...names,
      columnsOf(shown, "y", data.output, { x: layout.outputLeft, y, width, role: "y", says, className: chosen }),
    ];
  }
  const empty = data.output.map((values, i) => ({
    ...{ kind: /** @type {const} */ ("box"), key: `y-empty/${i}`, copy: `row/${i}`, className: `cell y empty ${chosen(i)}` },
    ...{ x: layout.outputLeft(i), y, width, height: values.length * height },
  }));
  return [...names, ...empty];
}
