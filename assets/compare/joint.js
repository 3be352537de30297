// What is of all pictures of the set together: principal components, segments, and the matches between the two that are shown.
import { stored } from "../data/stored.js";
import { colourTable } from "../figures/colour_maps.js";
import { componentColours, componentDomain, componentOf, segmentPixels } from "./colours.js";
import { isInBox, matchesOf, passing } from "./matches.js";
import { jointWanted, matchesId } from "./joint_wanted.js";
import { COMPONENTS } from "./settings.js";

/** @import { Grid } from "../maths/patches.js" */
/** @import { Comparison } from "./comparison.js" */
/** @import { Drawn } from "./drawn.js" */
/** @import { Match } from "./matches.js" */
/** @import { Side } from "./side.js" */

export class Joint {
  /** The last result, and what it is of. @type {Map<string, { about: unknown[], result: any }>} */ last = new Map();

  /** @param {Comparison} comparison */
  constructor(comparison) {
    this.comparison = comparison;
  }

  /**
   * @template Result
   * @param {string} name
   * @param {unknown[]} about
   * @param {() => Result} compute
   * @returns {Result}
   */
  once(name, about, compute) {
    const known = this.last.get(name);
    if (known && known.about.every((each, at) => each === about[at])) return known.result;
    const result = compute();
    this.last.set(name, { about, result });
    return result;
  }

  get components() {
    return stored("components", jointWanted(this.comparison, "components").id);
  }

  get segments() {
    return stored("segments", jointWanted(this.comparison, "segments").id);
  }

  /**
   * What was found of the set, where the settings need it.
   *
   * @param {"pca" | "segments"} quantity
   */
  entryOf(quantity) {
    return quantity === "pca" ? this.components : this.segments;
  }

  /**
   * One picture's part of what is of all; null while it is on its way, or where it is of another grid.
   *
   * @param {"pca" | "segments"} quantity
   * @param {number} number of the picture
   * @param {Grid} grid
   * @returns {Drawn | null}
   */
  drawn(quantity, number, grid) {
    const entry = this.entryOf(quantity);
    const [from, to] = entry ? rangeIn(entry, number) : [0, 0];
    if (to === from || to - from !== grid.rows * grid.cols) return null;
    if (quantity === "pca") return this.componentsOn(number, grid);
    const { segments } = this;
    if (!segments) return null;
    const pixels = this.once("segments", [segments], () => segmentPixels(segments.labels)).subarray(from, to);
    return { quantity, grid, pixels };
  }

  /**
   * @param {number} number
   * @param {Grid} grid
   * @returns {Drawn | null}
   */
  componentsOn(number, grid) {
    const { components } = this;
    const { settings, data } = this.comparison;
    if (!components) return null;
    const own = rangeIn(components, number);
    const [from, to] = data.oneSpace ? [0, components.mask.length] : own; // else each has components of its own
    const scores = components.scores.subarray(from * COMPONENTS, to * COMPONENTS);
    const { component, foreground, map } = settings;
    const [first, end] = own.map((at) => at - from);
    const name = data.oneSpace ? "pca" : `pca ${number}`;
    const about = [components, component, foreground];
    if (component === "rgb") {
      const kept = foreground === "off" ? null : components.mask.subarray(from, to);
      const pixels = this.once(name, about, () => componentColours(scores, COMPONENTS, kept)).subarray(first, end);
      return { quantity: "pca", grid, pixels };
    }
    const values = this.once(name, about, () => componentOf(scores, COMPONENTS, Number(component) - 1));
    const domain = this.once(`${name} domain`, [values], () => componentDomain([values]));
    return { quantity: "pca", grid, values: values.subarray(first, end), domain, scale: "linear", table: colourTable(map) };
  }

  /**
   * A patch's scores; null while they are on their way.
   *
   * @param {Side} side
   * @param {number} patch
   */
  scoresOf({ index }, patch) {
    const { components } = this;
    if (!components) return null;
    const at = (rangeIn(components, index)[0] + patch) * COMPONENTS;
    return components.scores.subarray(at, at + COMPONENTS);
  }

  /**
   * The segments of one picture's patches; null while they are on their way.
   *
   * @param {Side} side
   */
  labelsOf({ index }) {
    const { segments } = this;
    return segments?.labels.subarray(...rangeIn(segments, index)) ?? null;
  }

  /** The matches that are drawn, and how many there are of the kind. @returns {{ all: Match[], drawn: Match[] } | null} */
  matches() {
    const { settings, data, sides } = this.comparison;
    const layers = sides.map(({ layer }) => layer);
    const entry = settings.lines ? stored("matches", matchesId(data, settings, layers)) : undefined;
    if (!entry) return null;
    const { lines, mutual, ratio, within, box } = settings;
    const allows = this.allowed();
    const [left, right] = sides.map(({ grid }) => grid.rows * grid.cols);
    if (!allows || entry.forward.length !== left || entry.backward.length !== right) return null;
    const about = [entry, lines, mutual, ratio, within, box, this.components?.mask, this.segments];
    return this.once("matches", about, () => {
      const side = within === "box" && box ? box.side : 0;
      const all = passing(matchesOf(entry, side), { mutual, ratio, allows });
      return { all, drawn: all.slice(0, lines) };
    });
  }

  /** Which matches lie where the reader wants them; null while what says so is on its way. @returns {((match: Match) => boolean) | null} */
  allowed() {
    const { settings, sides } = this.comparison;
    const { within, box } = settings;
    if (within === "box" && box) {
      const { grid, data } = sides[box.side];
      return ({ patches }) => isInBox(box, patches[box.side], grid, data.grid);
    }
    if (within === "foreground") {
      const { components } = this;
      const masks = sides.map(({ index }) => components?.mask.subarray(...rangeIn(components, index)));
      return components ? ({ patches }) => masks.every((mask, side) => mask?.[patches[side]] === 1) : null;
    }
    const [, number] = within.split("-");
    if (number === undefined) return () => true;
    const labels = sides.map((side) => this.labelsOf(side));
    return labels[0] && labels[1] ? ({ patches }) => labels.every((of, side) => of?.[patches[side]] === Number(number)) : null;
  }
}

/**
 * Where a picture's patches lie among all: the left's is the first of the set, the right's the second.
 *
 * @param {{ grids: [number, number][] }} entry
 * @param {number} number of the picture
 * @returns {[number, number]}
 */
function rangeIn({ grids }, number) {
  const counts = grids.map(([rows, cols]) => rows * cols);
  const from = counts.slice(0, number).reduce((sum, count) => sum + count, 0);
  return [from, from + (counts[number] ?? 0)];
}
