// An image element that shows a picture from the store.
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
   * Show a picture once it is in the store. Until then the previous picture stays.
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
