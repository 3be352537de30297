// What can be done with the head or heads on the map: find others like it, switch it off.
import { element } from "../figures/elements.js";
import { withHeadsOff, writtenActs } from "../edits/acts_text.js";
import { actsOf } from "../edits/acts.js";
import { layerName } from "../view/settings.js";

/** @import { Exploration } from "../view/exploration.js" */

const PAGE = "what_if";
/** The key of that page's list of changes. */
const CHANGES = "what-if";
/** From a head that is switched off to the layer whose attention is shown then. */
const BEHIND = 2;

export class HeadActions {
  like = Object.assign(element("button", "like", "Heads like this one"), { type: "button" });
  off = element("a", "off");

  /**
   * @param {HTMLElement} root
   * @param {Exploration} exploration
   */
  constructor(root, exploration) {
    this.root = root;
    this.exploration = exploration;
    this.like.title = "Rank all heads by how alike their patterns are (Jensen–Shannon)";
    this.like.addEventListener("click", () => this.findAlike());
    this.off.addEventListener("click", (event) => this.leave(event));
    root.append(this.like, this.off);
  }

  draw() {
    const { data, settings, layer, measures } = this.exploration;
    const { heads } = settings;
    const none = settings.depth !== "layer" || !heads || !measures.fits;
    this.root.hidden = none;
    if (none) return;
    const [alike] = [settings.measure === "likeness" ? measures.like : null];
    this.like.hidden = heads.length !== 1 || (alike?.layer === layer && alike.head === heads[0]);
    this.off.hidden = data.served === false;
    const name = `${layerName(data, layer)}.${heads.join("+")}`;
    this.off.textContent = `Switch off ${name}…`;
    this.off.title = "What the model does without it, on the page What if";
    this.off.href = `${PAGE}?${new URLSearchParams(this.parameters(`${name}:off`))}`;
  }

  /** @param {string} edits */
  parameters(edits) {
    const { layer, data } = this.exploration;
    return parametersOf(location.search, edits, layer, data.layers.length);
  }

  /** In this tab what is changed there already stays, and these heads join it. @param {MouseEvent} event */
  leave(event) {
    const { toWhatIf, data, settings, layer } = this.exploration;
    if (!toWhatIf || !settings.heads || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const call = Number(layerName(data, layer));
    const acts = withHeadsOff(actsOf(CHANGES).ownOf(data.model), call, settings.heads, data.layers[layer].numHeads);
    toWhatIf(this.parameters(writtenActs(acts)));
  }

  findAlike() {
    const { settings, layer } = this.exploration;
    if (settings.heads) this.exploration.set({ like: [layer, settings.heads[0]], measure: "likeness", rising: false });
  }
}

/**
 * What the link of the page What if says for the same picture, model, detail and patch, with these edits made.
 *
 * @param {string} search of this page's link
 * @param {string} edits
 * @param {number} layer of the heads
 * @param {number} count of layers
 * @returns {Record<string, string>}
 */
export function parametersOf(search, edits, layer, count) {
  const parameters = new URLSearchParams(search);
  const own = ["tab", "measure", "over", "rising", "ordered", "coloured", "heads", "layer", "key", "against", "moves"];
  for (const name of own) parameters.delete(name);
  parameters.set("edits", edits);
  const behind = Math.min(layer + BEHIND, count - 1);
  parameters.set("layers", [behind, behind].join());
  if (layer === count - 1) parameters.set("show", "moved"); // no layer is behind it whose attention could change
  return Object.fromEntries(parameters);
}
