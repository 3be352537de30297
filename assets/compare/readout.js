// The numbers of one side, below its picture: the largest values and what is to be known of the patch.
import { find } from "../shared/elements.js";
import { FactList, TopList } from "../explorer/number_lists.js";
import { TOP_COUNT } from "../explorer/words.js";
import { largest } from "../shared/attention_math.js";
import { factsOf, listName, valueText } from "./words.js";

/** @import { Drawn, Scaled } from "./drawn.js" */
/** @import { Side } from "./side.js" */

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
    find(root, ".list-name").hidden = own.quantity === "plain";
    find(root, ".list-name").textContent = `${side.title}: ${listName(own.quantity)}`;
    const without =
      own.quantity === "similarity" && (leads || side.comparison.settings.asks === "place") ? asked[side.index] : -1;
    root.classList.toggle("facts-alone", !("values" in own));
    const written = (/** @type {number} */ value) => valueText(own.quantity, value);
    if ("values" in own) this.top.show(largestBeside(own, without), own.values, own.grid, { written });
    else this.top.show([], new Float32Array(), own.grid);
    this.facts.show(factsOf(side));
  }
}

/**
 * The patches of the largest values, without the one that asks: nothing is more like it than itself.
 *
 * @param {Drawn & Scaled} drawn
 * @param {number} without
 */
function largestBeside({ values }, without) {
  return largest(values, TOP_COUNT + 1)
    .filter((patch) => patch !== without)
    .slice(0, TOP_COUNT);
}
