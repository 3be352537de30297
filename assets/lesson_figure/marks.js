// Lights up a token in all its places, which share a class such as "token-2", and the sources of a number that is pointed at.

export class Marks {
  /** The selector of what is marked, "" for nothing. */ marked = "";

  /**
   * @param {readonly Element[]} roots in which the places are
   * @param {(name: string) => string} sourcesOf selector of what a number is made of, by its data-name; "" for nothing
   */
  constructor(roots, sourcesOf) {
    this.roots = roots;
    this.sourcesOf = sourcesOf;
  }

  /** @param {Event | null} event null where the pointer has left */
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
