// Controls of a setting: each is an element, and follows the setting whoever changes it.
import { element } from "../figures/elements.js";

/** What has the settings. @typedef {{ settings: Record<string, any>, set: (changes: any) => void }} Owner */
/** @typedef {{ node: HTMLElement, show: () => void }} Control */
/** @typedef {{ name: string, says: string, low: number, high: number, step: number, help?: string }} Range */

/**
 * @param {Owner} owner
 * @param {Range} range
 * @returns {Control}
 */
export function rangeOf(owner, { name, says, low, high, step, help = "" }) {
  const input = Object.assign(document.createElement("input"), { type: "range", min: low, max: high, step, title: help });
  const value = element("output");
  input.addEventListener("input", () => owner.set({ [name]: Number(input.value) }));
  const show = () => {
    input.value = String(owner.settings[name]);
    value.textContent = Number(owner.settings[name]).toFixed(step < 0.1 ? 2 : step < 1 ? 1 : 0);
  };
  return { node: labelled(says, input, value), show };
}

/**
 * @param {Owner} owner
 * @param {string} name
 * @param {string} says
 * @param {Record<string, string>} options their names and what is shown
 * @returns {Control}
 */
export function choiceOf(owner, name, says, options) {
  const select = document.createElement("select");
  select.append(...Object.entries(options).map(([value, label]) => new Option(label, value)));
  select.addEventListener("change", () => owner.set({ [name]: select.value }));
  return { node: labelled(says, select), show: () => (select.value = String(owner.settings[name])) };
}

/**
 * @param {Owner} owner
 * @param {string} name
 * @param {string} says
 * @returns {Control}
 */
export function switchOf(owner, name, says) {
  const input = Object.assign(document.createElement("input"), { type: "checkbox" });
  input.addEventListener("change", () => owner.set({ [name]: input.checked }));
  return { node: labelled(says, input), show: () => (input.checked = Boolean(owner.settings[name])) };
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
