// The numbers of one side, below its picture: the largest values and what is to be known of the patch.
import { find } from "../figures/elements.js";
import { FactList, TopList } from "../figures/number_lists.js";
import { TOP_COUNT } from "../view/words.js";
import { largest } from "../maths/attention_math.js";
import { listedOf } from "./listed.js";
import { factsOf, listName, stillSays, valueText } from "./words.js";

/** @import { Side } from "./side.js" */
/** @import { Listed } from "./listed.js" */

/** @type {Listed} */
const NOTHING = { values: new Float32Array(), prefix: [] };

export class SideReadout {
  /**
   * @param {HTMLElement} root
   * @param {Side} side
   */
  constructor(root, side) {
    this.root = root;
    this.side = side;
    this.top = new TopList(find(root, ".top"));
    this.facts = new FactList(find(root, "dl"));
  }

  draw() {
    const { side, root } = this;
    const { drawn, leader, asked } = side.comparison.shown();
    const own = drawn[side.index];
    root.classList.toggle("waits", !own);
    if (!own) return;
    const leads = leader.side === side.index;
    const still = stillSays(side, own) !== "";
    find(root, ".list-name").hidden = own.quantity === "plain" || still;
    find(root, ".list-name").textContent = listName(side, own.quantity);
    const without =
      own.quantity === "similarity" && (leads || side.comparison.settings.asks === "place") ? asked[side.index] : -1;
    root.classList.toggle("facts-alone", !("values" in own));
    const written = (/** @type {number} */ value) => valueText(own.quantity, value);
    const { values, prefix } = still || !("values" in own) ? NOTHING : listedOf(side, own);
    this.top.show(largestBeside(values, without), values, own.grid, { prefix, written });
    this.facts.show(still ? [] : factsOf(side));
  }
}

/**
 * The tokens of the largest values, without the one that asks: nothing is more like it than itself.
 *
 * @param {Float32Array} values
 * @param {number} without
 */
function largestBeside(values, without) {
  return largest(values, TOP_COUNT + 1)
    .filter((token) => token !== without)
    .slice(0, TOP_COUNT);
}
