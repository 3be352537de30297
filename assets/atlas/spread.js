// A number over pictures as bars, with its mean, what is known of that, and the mean of another atlas. Pure but for the elements.
import { ticksBetween } from "./ticks.js";
import { formatNumber } from "../figures/numbers.js";
import { setAttributes, svgElement } from "../figures/svg.js";

/** @import { Said } from "./head.js" */

const MARGIN = { left: 2, right: 8, top: 20, bottom: 34 };

/**
 * @param {SVGSVGElement} svg
 * @param {Said} said
 */
export function drawSpread(svg, said) {
  const { width, height } = svg.getBoundingClientRect();
  if (!width) return;
  setAttributes(svg, { viewBox: `0 0 ${width} ${height}`, "aria-label": inWords(said) });
  const { edges, counts, mean, interval, other, measure } = said;
  if (!edges.length || mean === null) return svg.replaceChildren();
  const beyond = other && other.mean !== null ? [other.mean] : [];
  const [low, high] = [Math.min(edges[0], ...beyond), Math.max(edges[edges.length - 1], ...beyond)];
  const [left, right, top, bottom] = [MARGIN.left, width - MARGIN.right, MARGIN.top, height - MARGIN.bottom];
  const x = (/** @type {number} */ value) => left + ((value - low) / (high - low || 1)) * (right - left);
  const most = Math.max(1, ...counts);
  const bars = counts.map((count, at) =>
    svgElement("rect", {
      class: "bar",
      "data-value": count,
      x: x(edges[at]) + 0.5,
      width: Math.max(0.5, x(edges[at + 1]) - x(edges[at]) - 1),
      y: bottom - (count / most) * (bottom - top),
      height: (count / most) * (bottom - top),
    }),
  );
  const group = svgElement("g", { "aria-hidden": "true" });
  group.append(...bars, line(left, right, bottom, bottom, "axis"));
  for (const value of ticksBetween(low, high, width / 70)) {
    group.append(written(x(value), bottom + 15, "middle", formatNumber(value, "short")));
  }
  group.append(
    written(right, bottom + 30, "end", measure.unit),
    written(left, bottom + 30, "start", `up to ${most} pictures a bar`),
  );
  if (interval[0] !== null && interval[1] !== null) {
    const wide = Math.max(1, x(interval[1]) - x(interval[0]));
    group.append(svgElement("rect", { class: "within", x: x(interval[0]), width: wide, y: top, height: bottom - top }));
  }
  group.append(line(x(mean), x(mean), top - 3, bottom, "mean"));
  const isMeanRight = x(mean) > (left + right) / 2;
  group.append(written(x(mean) + (isMeanRight ? 4 : -4), top - 7, isMeanRight ? "end" : "start", "mean", "said"));
  if (other && other.mean !== null) {
    group.append(line(x(other.mean), x(other.mean), top - 3, bottom, "other"));
    const isRight = x(other.mean) > (left + right) / 2;
    if (Math.abs(x(other.mean) - x(mean)) > 90 || isRight !== isMeanRight)
      group.append(written(x(other.mean) + (isRight ? 4 : -4), top - 7, isRight ? "end" : "start", "mean beside", "said"));
  }
  svg.replaceChildren(group);
}

/** @param {Said} said */
function inWords({ pictures, measure, quantiles, mean }) {
  if (!pictures || mean === null) return "No picture has this number";
  const [lowest, , , middle, , , highest] = quantiles.map((value) => (value === null ? "–" : formatNumber(value, "short")));
  return `${measure.title} over ${pictures} pictures: from ${lowest} to ${highest} ${measure.unit}, half of them below ${middle}`;
}

/** @param {number} x1 @param {number} x2 @param {number} y1 @param {number} y2 @param {string} look */
function line(x1, x2, y1, y2, look) {
  return svgElement("line", { x1, x2, y1, y2, class: look });
}

/** @param {number} x @param {number} y @param {string} anchor @param {string} says @param {string} look */
function written(x, y, anchor, says, look = "") {
  const node = svgElement("text", { x, y, "text-anchor": anchor, class: look || null });
  node.textContent = says;
  return node;
}
