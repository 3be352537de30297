// What of the figure the keyboard reaches, besides its editable numbers: one stop of the Tab key for the weights, one for the eyes
// of the mask, one for the outputs; arrows go on from there.
import { setAttributes } from "../shared/svg.js";
import { describe, spelled } from "./words.js";
import { STEPS, plainName, weightAt } from "./trace.js";

/** @import { Shown } from "./data.js" */

/** @typedef {"weight" | "eye" | "output"} Stop */

/** @satisfies {Record<Stop, string>} */
const GROUPS = { weight: "g.weight[data-key]", eye: "g.eye[data-key]", output: "g.name.output[data-row]" };

/**
 * @param {SVGSVGElement} svg
 * @param {Stop} stop
 * @returns {NodeListOf<SVGElement>}
 */
const all = (svg, stop) => svg.querySelectorAll(GROUPS[stop]);

/**
 * @param {SVGSVGElement} svg
 * @param {Shown} shown
 * @param {number} eye at which Tab stops
 */
export function makeReachable(svg, shown, eye) {
  const { data, row, step, pinned } = shown;
  for (const node of all(svg, "weight")) {
    const key = Number(node.dataset.key);
    const label = describe(`w/${row}/${key}`, weightAt(shown, key), shown);
    setAttributes(node, {
      role: "button",
      "aria-label": label,
      "aria-pressed": String(key === pinned),
      tabindex: stopIf(key === (pinned ?? 0)),
    });
  }
  for (const node of all(svg, "eye")) setAttributes(node, { tabindex: stopIf(Number(node.dataset.key) === eye) });
  for (const node of all(svg, "output")) {
    const i = Number(node.dataset.row);
    const name = plainName(data.names.y[i]);
    const label = `Row of ${step === STEPS.sum ? spelled(name, data.output[i]) : name}`;
    setAttributes(node, {
      role: "button",
      "aria-label": label,
      "aria-pressed": String(i === row),
      tabindex: stopIf(i === row),
    });
  }
}

/** @param {boolean} stops */
const stopIf = (stops) => (stops ? 0 : -1);

/**
 * Which stop an event happened at, and the key or the row there.
 *
 * @param {Event} event
 * @returns {{ stop: Stop, at: number } | null}
 */
export function stopOf(event) {
  if (!(event.target instanceof Element)) return null;
  for (const [stop, selector] of /** @type {[Stop, string][]} */ ([
    ...Object.entries(GROUPS),
    ["output", "g.output[data-row]"],
  ])) {
    const node = event.target.closest(selector);
    if (node instanceof SVGElement) return { stop, at: Number(node.dataset.key ?? node.dataset.row) };
  }
  return null;
}

/**
 * @param {SVGSVGElement} svg
 * @param {Stop} stop
 * @param {number} at
 */
export function focusStop(svg, stop, at) {
  [...all(svg, stop)].find((node) => Number(node.dataset.key ?? node.dataset.row) === at)?.focus({ preventScroll: true });
}
