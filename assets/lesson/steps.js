// The steps of a lesson: which of them say something, and where one gets from each. Pure.

/** @import { Part } from "./parts.js" */
/** @import { Settings } from "./state.js" */

/**
 * Where the narration leads on: what is set, or a page of its own.
 *
 * @typedef {object} Lead
 * @property {string} label
 * @property {Settings} [set]
 * @property {string} [page]
 */

/**
 * @typedef {object} Step
 * @property {string} title
 * @property {string} skip why it changes nothing here; "" where it does
 * @property {readonly Part[]} says
 * @property {Lead | null} [lead]
 */

/**
 * The nearest step from `step` on in this direction that changes something; `step` itself where it does, and where there is
 * none.
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
 * One step on or back.
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

/** Where there are no other pages to lead to. @param {readonly Step[]} steps @returns {Step[]} */
export const withoutPages = (steps) => steps.map((step) => (step.lead?.page ? { ...step, lead: null } : step));

/** Why steps are left out, in one sentence; "" where none is. @param {readonly Step[]} steps */
export function saysSkipped(steps) {
  const skipped = steps.filter(({ skip }) => skip);
  if (!skipped.length) return "";
  return `Skipped: ${skipped.map(({ title, skip }) => `${inSentence(title)} (${skip})`).join(", ")}.`;
}

/** A word begins small; a symbol such as W₀ stays. @param {string} title */
const inSentence = (title) => (/^[A-Z][a-z]/.test(title) ? title.toLowerCase() : title);
