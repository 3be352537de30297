// One small live map a head, under the canvas; a click shows that head alone, a second click all of them again.
import { element } from "../shared/elements.js";
import { MapImage } from "./draw.js";

/** @import { CanvasData } from "./canvas.js" */

const AREA = 1900; // CSS pixels of a thumbnail, whatever the picture's shape
const MAX_SIDE = 80;

export class HeadStrip {
  /**
   * @param {HTMLElement} root
   * @param {(head: number | null) => void} choose
   */
  constructor(root, choose) {
    this.root = root;
    this.choose = choose;
    /** @type {ReturnType<HeadStrip["newItem"]>[]} */
    this.items = [];
  }

  /**
   * @param {CanvasData} data
   * @param {readonly Float32Array[]} rows the patch weights of each of data.heads, each coloured on its own domain
   * @param {number | null} active the index shown alone
   */
  draw({ heads, grid, scale, colourMap }, rows, active) {
    this.root.hidden = heads.length < 2;
    if (this.root.hidden) return;
    while (this.items.length < heads.length) this.items.push(this.newItem());
    this.items.forEach(({ button, name, image }, i) => {
      button.hidden = i >= heads.length;
      if (button.hidden) return;
      name.textContent = `head ${heads[i]}`;
      button.dataset.head = String(heads[i]);
      image.canvas.style.width = `${Math.round(Math.min(Math.sqrt((AREA * grid.cols) / grid.rows), MAX_SIDE))}px`;
      button.setAttribute("aria-pressed", String(i === active));
      image.draw(rows[i], grid, scale, colourMap);
    });
  }

  newItem() {
    const button = Object.assign(document.createElement("button"), { type: "button", title: "Show this head alone" });
    const image = new MapImage();
    const name = element("span");
    button.append(image.canvas, name);
    button.addEventListener("click", () => {
      const alone = button.getAttribute("aria-pressed") === "true";
      this.choose(alone ? null : Number(button.dataset.head));
    });
    this.root.append(button);
    return { button, name, image };
  }
}
