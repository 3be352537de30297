// What can be done with the head or heads on the map: find others like it, switch it off.
import { element } from "../shared/elements.js";
import { layerName } from "./settings.js";

/** @import { Exploration } from "./exploration.js" */

const PAGE = "what_if";

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
    this.off.href = hrefOf(location.search, `${name}:off`, layer, data.layers.length);
  }

  findAlike() {
    const { settings, layer } = this.exploration;
    if (settings.heads) this.exploration.set({ like: [layer, settings.heads[0]], measure: "likeness", rising: false });
  }
}

/**
 * The page What if for the same picture, model, detail and patch, with these edits made.
 *
 * @param {string} search of this page's link
 * @param {string} edits
 * @param {number} layer of the heads
 * @param {number} count of layers
 */
export function hrefOf(search, edits, layer, count) {
  const parameters = new URLSearchParams(search);
  for (const name of ["tab", "measure", "over", "rising", "ordered", "coloured", "heads"]) parameters.delete(name);
  parameters.set("edits", edits);
  parameters.set("layer", String(layer));
  if (layer === count - 1) parameters.set("show", "moved"); // no layer is behind it whose attention could change
  return `${PAGE}?${parameters}`;
}
