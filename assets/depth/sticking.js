// Patches whose norm sticks out, tokens that take much of what is shown, and the map or the rollout without them.
import { combined } from "../view/weights.js";
import { element, find, numberSpan } from "../figures/elements.js";
import { formatNumber } from "../figures/numbers.js";
import { stored } from "../data/stored.js";
import { Without } from "./field.js";
import { movesOf, ranges, spreadOf, stickingOut, withoutTokens, written } from "./moves.js";

/** @import { Exploration } from "../view/exploration.js" */
/** @import { MovesEntry } from "../data/stored.js" */
/** Of a rollout: its id in the store, and the patches that it was made without. @typedef {{ id: string, patches: number[] }} Rolled */

const DOMINATES = 0.3;
const MOST_LISTED = 12;

export class Sticking {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.without = new Without(find(root, ".without"));
  }

  close() {
    this.without.close();
  }

  /**
   * @param {Exploration} exploration
   * @param {MovesEntry} entry
   * @param {Rolled | null} rolled
   */
  draw(exploration, entry, rolled) {
    const { root } = this;
    const { data } = exploration;
    const found = stickingOut(entry, data.layers, data.grid);
    const list = find(root, ".list");
    const about = JSON.stringify([data.recording, found.length]);
    if (list.dataset.about !== about) {
      list.dataset.about = about;
      const items = found.slice(0, MOST_LISTED).map(({ patch, layers }) => this.item(exploration, patch, layers));
      list.replaceChildren(...items);
      find(root, ".says").replaceChildren(...this.says(entry, data.layers, found.length));
    }
    const out = found.map(({ patch }) => patch);
    this.drawWithout(exploration, out, rolled);
  }

  /**
   * @param {MovesEntry} entry
   * @param {readonly { prefix: readonly string[] }[]} layers
   * @param {number} count
   */
  says(entry, layers, count) {
    const rule =
      "An outlier has over 3 times the median norm of its layer, and lies more than 8 robust deviations above it; one is 1.48 times the median distance from the median, which outliers hardly move.";
    if (count)
      return [
        `${count} ${count === 1 ? "patch has" : "patches have"} a norm far beyond the others (Darcet et al. 2024): the model may use ${count === 1 ? "it" : "them"} to keep what is of no place. ${rule}`,
      ];
    const times = layers.map(({ prefix }, layer) => {
      const moves = movesOf(entry, layer);
      const { middle, most } = moves ? spreadOf(moves.after.subarray(prefix.length)) : { middle: 1, most: 0 };
      return most / middle;
    });
    const most = Math.max(...times);
    return [
      "None: the largest norm is ",
      numberSpan(most, "times", formatNumber(most, "short")),
      ` times its layer's median. ${rule}`,
    ];
  }

  /**
   * @param {Exploration} exploration
   * @param {number} patch
   * @param {readonly number[]} layers
   */
  item(exploration, patch, layers) {
    const item = element("li");
    const button = Object.assign(element("button", "", `${written(patch, exploration.data.grid)} `), { type: "button" });
    button.append(element("small", "", `layers ${ranges(layers)}`));
    button.dataset.patch = String(patch);
    button.addEventListener("pointerenter", () => exploration.hover(patch));
    button.addEventListener("click", () => exploration.pin(patch));
    item.append(button);
    return item;
  }

  /**
   * What is shown, without the patches that stick out or take much of it.
   *
   * @param {Exploration} exploration
   * @param {readonly number[]} outliers
   * @param {Rolled | null} given
   */
  drawWithout(exploration, outliers, given) {
    const { root } = this;
    const { settings, data } = exploration;
    const shown = exploration.shown();
    const says = find(root, ".dominates");
    const figure = find(root, ".without");
    const rolled = settings.depth === "rollout";
    const strong = shown && !rolled && settings.direction === "outgoing" ? dominating(shown.weights) : [];
    says.hidden = !strong.length;
    if (shown && strong.length) {
      const named = strong.map((token) =>
        [nameOf(token, shown), ` takes ${Math.round(100 * shown.weights[token])} %`].join(""),
      );
      says.textContent = `${named.join(", ")} of the row that is shown.`;
    }
    const prefix = shown?.prefix.length ?? 0;
    const asked = exploration.asking;
    const own = strong.map((token) => token - prefix).filter((patch) => patch >= 0);
    const left = rolled ? (given?.patches ?? []) : [...new Set([...outliers, ...own])].filter((patch) => patch !== asked);
    const entry = rolled ? stored("rows", given?.id) : null;
    figure.hidden = !shown || !left.length || (rolled && !entry);
    if (figure.hidden || !shown) return;
    const outgoing = settings.direction === "outgoing";
    const tokens = left.map((patch) => prefix + patch);
    const weights = entry
      ? entry.rows
      : combined(withoutTokens(shown.heads, tokens, outgoing), settings, new Float32Array(shown.weights.length));
    find(figure, ".stage").style.setProperty("--aspect", String(data.grid.cols / data.grid.rows));
    const which = left.length > 1 ? `these ${left.length} patches` : `patch ${written(left[0], shown.grid)}`;
    find(figure, "figcaption").textContent = `${rolled ? "The rollout" : "The map"} without ${which}:`;
    this.without.draw(weights.subarray(prefix), shown.grid, left, exploration);
  }
}

/**
 * The tokens that take a large part of a row.
 *
 * @param {Float32Array} weights
 */
function dominating(weights) {
  return [...weights.keys()].filter((token) => weights[token] > DOMINATES);
}

/**
 * @param {number} token
 * @param {{ prefix: string[], grid: { cols: number } }} shown
 */
function nameOf(token, { prefix, grid }) {
  return token < prefix.length ? prefix[token] : `Patch ${written(token - prefix.length, grid)}`;
}
