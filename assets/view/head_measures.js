// The numbers of every head: of the token that asks, computed here for the frame, or of the whole picture, from Python.
import { isStored, stored } from "../data/stored.js";
import { BoxSums } from "./box_sums.js";
import { distancesFrom, likenessOf, shareOn, tokensIn } from "../maths/head_numbers.js";
import { measuresOf } from "./measures.js";
import { ofRow, ROW_MEASURES } from "../maths/row_measures.js";
import { Weights } from "./weights.js";

/** @import { Exploration } from "./exploration.js" */
/** @import { HeadPlace } from "./head_choice.js" */
/** @import { Measure } from "./measures.js" */
/** @import { ByHead } from "./ranked.js" */
/** @import { LayerRows } from "./weights.js" */

/** Measures that are not of rows of weights alone. @type {Record<string, (measures: HeadMeasures) => ByHead | null>} */
const FINDERS = {
  box: (measures) => measures.inBox(),
  contribution: (measures) => measures.written(),
  likeness: (measures) => (measures.over === "picture" ? measures.likenessOverAll() : measures.likeness()),
};

export class HeadMeasures {
  /** Of the asking token where the map shows the other direction, and of the first prefix token. */
  aside = new Weights();
  fromPrefix = new Weights();
  boxSums;
  /** For the frame. @type {Map<string, ByHead | null>} */ found = new Map();
  /** Whether somebody has looked at the numbers of all heads of this recording. */ looked = false;
  /** @type {{ about: string, distances: Float32Array | null }} */ apart = { about: "", distances: null };

  /** @param {Exploration} exploration */
  constructor(exploration) {
    this.exploration = exploration;
    this.boxSums = new BoxSums(exploration);
  }

  /** What was found for the last frame; with `rows` also those, where arrays came that they are computed of. */
  forget(rows = false) {
    this.found.clear();
    if (rows) for (const weights of [this.aside, this.fromPrefix]) weights.forget();
  }

  /** Whether there is more than one head, and the browser has or will have what all of them need. */
  get fits() {
    const { data } = this.exploration;
    return data.inBrowser && data.allLayers && data.layers.reduce((sum, { numHeads }) => sum + numHeads, 0) > 1;
  }

  /** Whether heads are ranked beside the picture. */
  get besidePicture() {
    const { data, settings } = this.exploration;
    return this.fits && !data.compact && data.layers.length > 1 && settings.depth === "layer";
  }

  /** What is to be measured, the query or all of them: where not every head's row is here, all. */
  get asked() {
    return this.fits ? this.exploration.settings.over : "picture";
  }

  /** What is shown: this query until all of them are measured. */
  get over() {
    return this.waits ? "query" : this.asked;
  }

  /** Whether all queries are being measured, and this one stands in for them. */
  get waits() {
    const { like } = this;
    const measured = isStored(this.idOf("statistics")) && (!like || isStored(this.idOfLikeness(like)));
    return this.fits && this.asked === "picture" && !measured;
  }

  /** How many layers the query's numbers are of; those of all queries come at once. */
  get layersHere() {
    const { layers } = this.exploration.data;
    return this.over === "picture" ? layers.length : layers.filter((_, layer) => this.looking(layer)).length;
  }

  /** Whether it is still to be measured what the heads write. */
  get unwritten() {
    return Boolean(this.exploration.data.contributes) && !isStored(this.idOf("contributions"));
  }

  /** Somebody looks at the numbers of all heads. */
  look() {
    if (this.looked) return;
    this.looked = true;
    this.exploration.redraw();
  }

  get prefixName() {
    const { prefix } = this.exploration.data.layers[0];
    return prefix.length > 1 ? "prefix tokens" : (prefix[0] ?? "");
  }

  /** Those that say something here. @returns {Measure[]} */
  offered() {
    return measuresOf(this);
  }

  /** The measure that heads are ranked by; null where those are shown that stand out in any. @returns {Measure | null} */
  get chosen() {
    return this.offered().find(({ name }) => name === this.exploration.settings.measure) ?? null;
  }

  /** The head that others are compared with. @returns {HeadPlace | null} */
  get like() {
    const { data, settings } = this.exploration;
    if (!settings.like) return null;
    const [layer, head] = settings.like;
    return head < (data.layers[layer]?.numHeads ?? 0) ? { layer, head } : null;
  }

  /** By layer and head, NaN where it is on its way; null where nothing is there yet. @param {string} name @returns {ByHead | null} */
  valuesOf(name) {
    let values = this.found.get(name);
    if (values === undefined) this.found.set(name, (values = this.find(name)));
    return values;
  }

  /** @param {string} name @returns {ByHead | null} */
  find(name) {
    if (name in FINDERS) return FINDERS[name](this);
    if (this.over === "picture") return this.ofPicture(name);
    return name in ROW_MEASURES ? this.ofQuery(name) : null;
  }

  /** Whether there is such a measure here: only Python may have it, for all queries. @param {string} name */
  has(name) {
    return name in FINDERS || name in ROW_MEASURES || this.over === "picture";
  }

  /** @param {string} kind */
  idOf(kind) {
    return `${kind}:${this.exploration.data.recording}`;
  }

  /** @param {HeadPlace} like */
  idOfLikeness({ layer, head }) {
    return `${this.idOf("likeness")}/${layer}.${head}`;
  }

  /** Of Python's, by layer. @param {Float32Array | undefined} values */
  split(values) {
    if (!values) return null;
    let from = 0;
    return this.exploration.data.layers.map(({ numHeads }) => values.subarray(from, (from += numHeads)));
  }

  /** What Python measured over all queries. @param {string} name @returns {ByHead | null} */
  ofPicture(name) {
    const entry = /** @type {Record<string, any> | undefined} */ (stored("statistics", this.idOf("statistics")));
    return this.split(entry?.[name]);
  }

  /** What follows from the rows of the asking token. @param {string} name @returns {ByHead | null} */
  ofQuery(name) {
    const { layers } = this.exploration.data;
    const distances = this.distances();
    const numPrefix = layers[0].prefix.length;
    const rows = layers.map((_, layer) => this.looking(layer));
    if (!rows.some((found) => found)) return null;
    return rows.map((found, layer) => found?.heads.map((row) => ofRow(name, row, numPrefix, distances)) ?? this.missing(layer));
  }

  /** @param {number} layer */
  missing(layer) {
    return new Float32Array(this.exploration.data.layers[layer].numHeads).fill(NaN);
  }

  /** From the asking patch to all; null where a prefix token asks. */
  distances() {
    const { exploration } = this;
    const { prefix, rows, cols } = exploration.data.layers[0];
    const patch = exploration.ask(0).token - prefix.length;
    const about = [patch, rows, cols].join();
    if (about !== this.apart.about) this.apart = { about, distances: patch < 0 ? null : distancesFrom(patch, { rows, cols }) };
    return this.apart.distances;
  }

  /** What the asking token looks at, whichever direction the map shows. @param {number} layer @returns {LayerRows | null} */
  looking(layer) {
    const { exploration } = this;
    if (exploration.settings.direction === "outgoing") return exploration.rowsOf(layer);
    return this.aside.of(exploration.data, layer, { ...exploration.ask(layer), direction: "outgoing" });
  }

  /** The share of the box: of the asking token's row, of the first prefix token's, or of all patches outside. @returns {ByHead | null} */
  inBox() {
    const { exploration } = this;
    const { data, settings, box } = exploration;
    if (!box) return null;
    if (settings.from === "outside") return this.boxSums.of(box).map((shares, layer) => shares ?? this.missing(layer));
    const tokens = tokensIn(box, data.grid, data.layers[0].prefix.length);
    const { temperature } = settings;
    const ask = { token: 0, direction: "outgoing", temperature };
    return data.layers.map((_, layer) => {
      const rows = settings.from === "prefix" ? this.fromPrefix.of(data, layer, ask) : this.looking(layer);
      return rows?.heads.map((row) => shareOn(row, tokens)) ?? this.missing(layer);
    });
  }

  /** Norms of what the heads write: for the asking token, or in the mean over all. @returns {ByHead | null} */
  written() {
    const { data } = this.exploration;
    const entry = stored("contributions", this.idOf("contributions"));
    if (!entry) return null;
    if (this.over === "picture") return this.split(entry.means);
    const { prefix, rows, cols } = data.layers[0];
    const tokens = prefix.length + rows * cols;
    const { token } = this.exploration.ask(0);
    let from = 0;
    return data.layers.map(({ numHeads }) =>
      Float32Array.from({ length: numHeads }, () => entry.values[from++ * tokens + token]),
    );
  }

  /** For the asking token. @returns {ByHead | null} */
  likeness() {
    const { like } = this;
    const row = like && this.looking(like.layer)?.heads[like.head];
    if (!row) return null;
    return this.exploration.data.layers.map(
      (_, layer) => this.looking(layer)?.heads.map((other) => likenessOf(row, other)) ?? this.missing(layer),
    );
  }

  /** In the mean over all queries, from Python's divergences. @returns {ByHead | null} */
  likenessOverAll() {
    const { like } = this;
    const entry = like && stored("likeness", this.idOfLikeness(like));
    return entry ? this.split(entry.values.map((divergence) => 1 - divergence)) : null;
  }
}
