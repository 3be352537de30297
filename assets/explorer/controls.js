// Controls of a setting: each is an element, and follows the setting whoever changes it.
import { element } from "../shared/elements.js";

/** @import { Exploration } from "./exploration.js" */
/** @import { Settings } from "./settings.js" */

/** @typedef {{ node: HTMLElement, show: () => void }} Control */
/** @typedef {{ name: keyof Settings, says: string, low: number, high: number, step: number, help?: string }} Range */

/**
 * @param {Exploration} exploration
 * @param {Range} range
 * @returns {Control}
 */
export function rangeOf(exploration, { name, says, low, high, step, help = "" }) {
  const input = Object.assign(document.createElement("input"), { type: "range", min: low, max: high, step, title: help });
  const value = element("output");
  input.addEventListener("input", () => exploration.set({ [name]: Number(input.value) }));
  const show = () => {
    input.value = String(exploration.settings[name]);
    value.textContent = Number(exploration.settings[name]).toFixed(step < 0.1 ? 2 : 1);
  };
  return { node: labelled(says, input, value), show };
}

/**
 * @param {Exploration} exploration
 * @param {keyof Settings} name
 * @param {string} says
 * @param {Record<string, string>} options their names and what is shown
 * @returns {Control}
 */
export function choiceOf(exploration, name, says, options) {
  const select = document.createElement("select");
  select.append(...Object.entries(options).map(([value, label]) => new Option(label, value)));
  select.addEventListener("change", () => exploration.set({ [name]: select.value }));
  return { node: labelled(says, select), show: () => (select.value = String(exploration.settings[name])) };
}

/**
 * @param {Exploration} exploration
 * @param {keyof Settings} name
 * @param {string} says
 * @returns {Control}
 */
export function switchOf(exploration, name, says) {
  const input = Object.assign(document.createElement("input"), { type: "checkbox" });
  input.addEventListener("change", () => exploration.set({ [name]: input.checked }));
  return { node: labelled(says, input), show: () => (input.checked = Boolean(exploration.settings[name])) };
}

/**
 * @param {string} says
 * @param {...HTMLElement} controls
 */
function labelled(says, ...controls) {
  const label = element("label");
  label.append(element("span", "", says), ...controls);
  return label;
}
