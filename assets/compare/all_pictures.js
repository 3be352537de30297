// All pictures of the set with their components or segments, small, and what the components explain.
import { MapImage } from "../figures/draw.js";
import { StoredPicture } from "../figures/stored_picture.js";
import { element, find, numberSpan } from "../figures/elements.js";
import { fillImage } from "./half.js";

/** @import { Comparison } from "./comparison.js" */

export class AllPictures {
  /** @type {ReturnType<AllPictures["newItem"]>[]} */ items = [];
  /** The components of which the parts speak. @type {string | undefined} */ about;

  /**
   * @param {HTMLElement} root
   * @param {Comparison} comparison
   */
  constructor(root, comparison) {
    this.root = root;
    this.comparison = comparison;
    this.name = find(root, "h2");
    this.parts = find(root, ".parts");
    this.list = find(root, "ul");
  }

  close() {
    for (const { picture } of this.items) picture.close();
  }

  draw() {
    const { data, settings, joint } = this.comparison;
    const { show } = settings;
    this.root.hidden = show !== "pca" && show !== "segments";
    if (show !== "pca" && show !== "segments") return;
    const several = `jointly over ${data.pictures.length} pictures`;
    this.name.textContent = show === "pca" ? `Principal components, ${several}` : `Segments (k-means), ${several}`;
    this.showExplained();
    while (this.items.length < data.pictures.length) this.items.push(this.newItem());
    this.items.forEach(({ item, picture, image, caption }, at) => {
      item.hidden = at >= data.pictures.length;
      if (item.hidden) return;
      const of = data.pictures[at];
      const entry = joint.entryOf(show);
      const [rows, cols] = entry?.grids[at] ?? [0, 0];
      item.style.setProperty("--aspect", String(rows ? cols / rows : 1));
      picture.show(of.picture, ""); // the caption says what it is
      const why = entry?.leftOut?.[at];
      caption.textContent = why ? `${of.title} is left out: ${why}` : of.title;
      const drawn = joint.drawn(show, at, { rows, cols });
      if (drawn) fillImage(image, drawn);
      else image.context.clearRect(0, 0, image.canvas.width, image.canvas.height);
      image.canvas.style.opacity = String(settings.opacity);
    });
  }

  /** The variance that each component explains. */
  showExplained() {
    const { settings, joint } = this.comparison;
    const { components } = joint;
    const about = settings.show === "pca" ? components?.id : undefined;
    if (about === this.about) return;
    this.about = about;
    this.parts.replaceChildren(...(about ? [...(components?.explained ?? [])].map(explainedOf) : []));
  }

  newItem() {
    const item = element("li");
    const image = new MapImage();
    const photo = document.createElement("img");
    const frame = element("div", "frame");
    const caption = element("span", "quiet");
    frame.append(photo, image.canvas);
    item.append(frame, caption);
    this.list.append(item);
    return { item, image, caption, picture: new StoredPicture(photo) };
  }
}

/** @param {number} share @param {number} at */
function explainedOf(share, at) {
  const part = element("span", "explained", `${at + 1}: `);
  part.append(numberSpan(share, "", `${(100 * share).toFixed(1)} %`));
  return part;
}
