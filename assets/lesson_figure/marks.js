// Highlights all copies of the token under the pointer (they share a class such as "token-2"), and the sources of its number.

export class Marks {
  /** Selector of the highlighted elements, "" for none. */ marked = "";

  /**
   * @param {readonly Element[]} roots elements that contain the copies
   * @param {(name: string) => string} sourcesOf selector of a number's sources, by its data-name; "" for none
   */
  constructor(roots, sourcesOf) {
    this.roots = roots;
    this.sourcesOf = sourcesOf;
  }

  /** @param {Event | null} event null if the pointer has left */
  point(event) {
    const target = event?.target instanceof Element ? event.target : null;
    const classes = target?.closest("[class*=token-]")?.getAttribute("class");
    const token = classes?.match(/token-\d+/)?.[0];
    const name = target?.closest("[data-name]")?.getAttribute("data-name") ?? "";
    const marked = [token && `.${token}`, this.sourcesOf(name)].filter(Boolean).join(", ");
    if (marked === this.marked) return;
    this.marked = marked;
    this.show();
  }

  show() {
    for (const root of this.roots) {
      for (const place of root.querySelectorAll(".marked")) place.classList.remove("marked");
      if (this.marked) for (const place of root.querySelectorAll(this.marked)) place.classList.add("marked");
    }
  }
}
