// All heads over the whole window, as large as they fit, with the picture beside them to point at.
import { element, find } from "../figures/elements.js";
import { formatButtons } from "../figures/figure_formats.js";
import { AllHeads } from "../maps/all_heads.js";
import { headsDrawing, titleOf } from "../maps/heads_files.js";
import { largerTurned } from "../figures/heads_layout.js";
import { Picture } from "../maps/picture.js";
import { layerName } from "../view/settings.js";

/** @import { Exploration } from "../view/exploration.js" */

export class HeadsWindow {
  /** @type {{ draw: () => void, close: () => void }[]} */ parts = [];

  /**
   * @param {HTMLDialogElement} dialog
   * @param {HTMLButtonElement} opener
   * @param {Exploration} exploration
   */
  constructor(dialog, opener, exploration) {
    this.dialog = dialog;
    this.exploration = exploration;
    this.both = find(dialog, ".both");
    this.title = find(dialog, "h2");
    this.told = find(dialog, ".told");
    opener.addEventListener("click", () => this.open());
    find(dialog, ".close").addEventListener("click", () => dialog.close());
    find(dialog, ".close").before(...formatButtons(() => headsDrawing(this.grid)));
    dialog.addEventListener("close", () => this.empty());
    // On the picture Escape releases a pin; here it closes first.
    dialog.addEventListener("keydown", (event) => event.key === "Escape" && this.leave(event), { capture: true });
  }

  close() {
    this.dialog.close();
    this.empty();
  }

  open() {
    const { dialog, both, exploration } = this;
    const area = copied(dialog, ".area");
    const room = element("div", "heads-room");
    const frame = element("div", "heads-grid");
    room.append(frame);
    both.replaceChildren(area, room);
    dialog.showModal();
    const grid = new AllHeads(frame, exploration, (shape) => largerTurned(shape, room.getBoundingClientRect()));
    this.grid = grid;
    this.parts = [new Picture(area, exploration), grid];
    exploration.redraw();
  }

  draw() {
    if (!this.parts.length) return;
    const { data, head } = this.exploration;
    this.title.textContent = titleOf(this.exploration);
    this.told.textContent = head ? `Layer ${layerName(data, head.layer)}, head ${head.head}` : "";
    for (const part of this.parts) part.draw();
  }

  empty() {
    for (const part of this.parts) part.close();
    this.parts = [];
    this.grid = undefined;
    this.both.replaceChildren();
  }

  /** @param {Event} event */
  leave(event) {
    event.preventDefault();
    event.stopPropagation();
    this.dialog.close();
  }
}

/**
 * A second one of what stands beside the dialog.
 *
 * @param {HTMLElement} dialog
 * @param {string} selector
 */
function copied(dialog, selector) {
  return /** @type {HTMLElement} */ (find(/** @type {HTMLElement} */ (dialog.parentElement), selector).cloneNode(true));
}
