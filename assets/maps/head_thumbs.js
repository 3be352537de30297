// One small live map a head of the shown layer: a click shows that head alone, with shift it joins the others.
import { element, find } from "../figures/elements.js";
import { MapImage } from "../figures/draw.js";
import { headsAfter, layerName } from "../view/settings.js";
import { headsName } from "../view/words.js";

/** @import { ExplorerData, Shown } from "../view/exploration.js" */
/** @import { Settings } from "../view/settings.js" */

/**
 * What has heads: an exploration, or one side of a comparison.
 *
 * @typedef {object} WithHeads
 * @property {ExplorerData} data
 * @property {Settings} settings
 * @property {number} layer
 * @property {() => Shown | null} shown
 * @property {(changes: { heads: number[] | null }) => void} set
 */

const MOST_IN_A_LINE = 8;
const LONG_PRESS_MS = 500; // what shift is to a mouse

export class HeadThumbs {
  /** @type {ReturnType<HeadThumbs["newItem"]>[]} */ items = [];

  /**
   * @param {HTMLElement} root
   * @param {WithHeads} exploration
   */
  constructor(root, exploration) {
    this.root = root;
    this.thumbs = find(root, ".thumbs");
    this.name = find(root, ".heads-name");
    this.exploration = exploration;
  }

  draw() {
    const { data, settings, layer } = this.exploration;
    this.root.hidden = settings.depth !== "layer" || data.layers[layer].numHeads < 2;
    const shown = this.root.hidden ? null : this.exploration.shown();
    this.root.classList.toggle("waits", !shown);
    if (!shown) return;
    const { heads, grid, prefix } = shown;
    this.name.textContent = `${data.layers.length > 1 ? `Layer ${layerName(data, layer)}, ` : ""}${headsName(settings, heads.length)}`;
    while (this.items.length < heads.length) this.items.push(this.newItem());
    this.thumbs.style.setProperty("--aspect", String(grid.cols / grid.rows));
    const lines = Math.ceil(heads.length / MOST_IN_A_LINE);
    this.thumbs.style.setProperty("--columns", String(Math.ceil(heads.length / lines)));
    this.items.forEach(({ button, image }, head) => {
      button.hidden = head >= heads.length;
      if (button.hidden) return;
      button.setAttribute("aria-pressed", String(!settings.heads || settings.heads.includes(head)));
      image.draw(heads[head].subarray(prefix.length), grid, settings.scale, settings.map);
    });
  }

  newItem() {
    const head = this.items.length;
    const button = Object.assign(document.createElement("button"), { type: "button" });
    const image = new MapImage();
    button.dataset.head = String(head);
    button.ariaLabel = `Head ${head}`;
    button.append(image.canvas, element("span", "", String(head)));
    let adds = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let press;
    button.addEventListener("pointerdown", ({ pointerType }) => {
      adds = false;
      if (pointerType === "touch") press = setTimeout(() => (adds = true), LONG_PRESS_MS);
    });
    button.addEventListener("pointerup", () => clearTimeout(press));
    button.addEventListener("contextmenu", (event) => adds && event.preventDefault());
    button.addEventListener("click", ({ shiftKey, ctrlKey, metaKey }) =>
      this.choose(head, adds || shiftKey || ctrlKey || metaKey),
    );
    this.thumbs.append(button);
    return { button, image };
  }

  /**
   * @param {number} head
   * @param {boolean} adds
   */
  choose(head, adds) {
    this.exploration.set({ heads: headsAfter(this.exploration.settings.heads, head, adds) });
  }
}
