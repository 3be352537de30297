// An image element that shows a picture of the store.
import { stored } from "../data/stored.js";

export class StoredPicture {
  /** @type {string | undefined} */ id;
  /** @type {string | undefined} */ url;

  /** @param {HTMLImageElement} image */
  constructor(image) {
    this.image = image;
  }

  close() {
    if (this.url) URL.revokeObjectURL(this.url);
  }

  /**
   * The picture stays that was shown until the new one is there.
   *
   * @param {string} id
   * @param {string} alt
   */
  show(id, alt) {
    this.image.alt = alt;
    const entry = stored("picture", id);
    if (!entry || this.id === id) return;
    this.close();
    this.id = id;
    this.url = URL.createObjectURL(new Blob([entry.bytes], { type: entry.type }));
    this.image.src = this.url;
  }
}
