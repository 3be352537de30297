// Lines between the matches of the two pictures, over both.
import { setAttributes, svgElement } from "../figures/svg.js";
import { placeOf } from "../maths/patches.js";

/** @import { Grid } from "../maths/patches.js" */
/** @import { Comparison } from "./comparison.js" */
/** @import { Match } from "./matches.js" */

/** @typedef {{ x: number, y: number, width: number, height: number }} Rect */

/** Between the hues of lines that follow each other: the golden angle, so that neighbours differ. */
const HUE_STEP = 137.5;
const END_PX = 3;

/**
 * Where a line goes and which colour it has.
 *
 * @param {Match} match
 * @param {number} number
 * @param {readonly Rect[]} rects of the two pictures
 * @param {readonly Grid[]} grids
 */
export function lineOf({ patches }, number, rects, grids) {
  const [from, to] = patches.map((patch, side) => {
    const [row, col] = placeOf(patch, grids[side]);
    const { x, y, width, height } = rects[side];
    return { x: x + ((col + 0.5) * width) / grids[side].cols, y: y + ((row + 0.5) * height) / grids[side].rows };
  });
  return { x1: from.x, y1: from.y, x2: to.x, y2: to.y, colour: `hsl(${Math.round(number * HUE_STEP) % 360} 90% 62%)` };
}

export class MatchLines {
  /** @type {SVGGElement[]} */ items = [];

  /**
   * @param {SVGSVGElement} svg over both pictures
   * @param {readonly HTMLElement[]} stages
   * @param {Comparison} comparison
   */
  constructor(svg, stages, comparison) {
    this.svg = svg;
    this.stages = stages;
    this.comparison = comparison;
  }

  draw() {
    const drawn = this.comparison.joint.matches()?.drawn ?? [];
    const { asked } = this.comparison.shown();
    while (this.items.length < drawn.length) this.items.push(this.newItem());
    if (drawn.length) this.fit();
    const rects = drawn.length ? this.rects() : [];
    const grids = this.comparison.sides.map(({ grid }) => grid);
    this.items.forEach((group, at) => {
      setAttributes(group, { display: at < drawn.length ? null : "none" });
      if (at >= drawn.length) return;
      const { colour, ...ends } = lineOf(drawn[at], at, rects, grids);
      const [casing, line, first, last] = group.children;
      const followed = drawn[at].patches.every((patch, side) => patch === asked[side]);
      for (const each of [casing, line]) setAttributes(each, ends);
      setAttributes(casing, { "stroke-width": followed ? 6 : 3 });
      setAttributes(line, { stroke: colour, "stroke-width": followed ? 3.5 : 1.5 });
      setAttributes(first, { cx: ends.x1, cy: ends.y1, fill: colour });
      setAttributes(last, { cx: ends.x2, cy: ends.y2, fill: colour });
      setAttributes(group, { "data-value": drawn[at].similarity, "data-patches": drawn[at].patches.join() });
    });
  }

  fit() {
    const { width, height } = this.svg.getBoundingClientRect();
    setAttributes(this.svg, { viewBox: `0 0 ${width} ${height}` });
  }

  /** Of the pictures, in the drawing. @returns {Rect[]} */
  rects() {
    const outer = this.svg.getBoundingClientRect();
    return this.stages.map((stage) => {
      const { left, top, width, height } = stage.getBoundingClientRect();
      return { x: left - outer.left, y: top - outer.top, width, height };
    });
  }

  newItem() {
    const group = svgElement("g");
    const ends = { r: END_PX, stroke: "rgb(0 0 0 / 0.8)", "stroke-width": 1 };
    group.append(
      svgElement("line", { stroke: "rgb(0 0 0 / 0.55)" }),
      svgElement("line"),
      svgElement("circle", ends),
      svgElement("circle", ends),
    );
    this.svg.append(group);
    return group;
  }
}
