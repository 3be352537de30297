// The steps of a lesson: which steps are skipped, and which step comes next. No state.

/** @import { Part } from "./parts.js" */
/** @import { Settings } from "./state.js" */

/**
 * A button that leads on from a step: it changes settings, or opens another page.
 *
 * @typedef {object} Lead
 * @property {string} label
 * @property {Settings} [set]
 * @property {string} [page]
 */

/**
 * @typedef {object} Step
 * @property {string} title
 * @property {string} skip reason why the step changes nothing and is skipped; "" if it is not skipped
 * @property {readonly Part[]} says
 * @property {Lead | null} [lead]
 */

/**
 * Return the first step that is not skipped, starting with `step` itself and going in this direction, then in the other. Return
 * `step` if all are skipped.
 *
 * @param {readonly Pick<Step, "skip">[]} steps
 * @param {number} step
 * @param {1 | -1} way
 */
export function nearest(steps, step, way) {
  for (let at = step; at >= 0 && at < steps.length; at += way) if (!steps[at].skip) return at;
  for (let at = step; at >= 0 && at < steps.length; at -= way) if (!steps[at].skip) return at;
  return step;
}

/**
 * Return the next step in this direction that is not skipped, or `step` if there is none.
 *
 * @param {readonly Pick<Step, "skip">[]} steps
 * @param {number} step
 * @param {1 | -1} way
 */
export function beside(steps, step, way) {
  const next = step + way;
  if (next < 0 || next >= steps.length) return step;
  return nearest(steps, next, way) === step ? step : nearest(steps, next, way);
}

/** Remove the buttons that open other pages, for a lesson that stands alone. @param {readonly Step[]} steps @returns {Step[]} */
export const withoutPages = (steps) => steps.map((step) => (step.lead?.page ? { ...step, lead: null } : step));

/** Return a sentence with the skipped steps and the reasons; "" if no step is skipped. @param {readonly Step[]} steps */
export function saysSkipped(steps) {
  const skipped = steps.filter(({ skip }) => skip);
  if (!skipped.length) return "";
  return `Skipped: ${skipped.map(({ title, skip }) => `${inSentence(title)} (${skip})`).join(", ")}.`;
}

/** Make the first letter of a word small; leave a symbol such as W₀ unchanged. @param {string} title */
const inSentence = (title) => (/^[A-Z][a-z]/.test(title) ? title.toLowerCase() : title);
