// The controls of settings that settings.json describes.
import { choiceOf, rangeOf, switchOf } from "../controls/controls.js";
import { SETTINGS } from "./settings.js";

/** @import { Control, Owner } from "../controls/controls.js" */

/**
 * A control for each setting: a slider for numbers, a menu for words, a box to tick for switches.
 *
 * @param {Owner} owner
 * @param {readonly string[]} names
 * @returns {Control[]}
 */
export function controlsOf(owner, names) {
  return names.map((name) => {
    const { type, label = name, words = {}, range: [low, high] = [0, 1], step = 1, says } = SETTINGS[name];
    if (type === "word") return choiceOf(owner, name, label, words);
    return type === "switch"
      ? switchOf(owner, name, label)
      : rangeOf(owner, { name, says: label, low, high, step, help: says });
  });
}
