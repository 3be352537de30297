// What lights up with what is pointed at: a vector in all its places, and what a number of a query, key or value is made of.

export class Marks {
  /** The selector of what is marked, "" for nothing. */ marked = "";

  /** @param {readonly Element[]} roots in which the places are */
  constructor(roots) {
    this.roots = roots;
  }

  /** @param {Event | null} event null where the pointer has left */
  point(event) {
    const target = event?.target instanceof Element ? event.target : null;
    const token = target
      ?.closest("[class*=token-]")
      ?.getAttribute("class")
      ?.match(/token-\d+/)?.[0];
    const name = target?.closest("[data-name]")?.getAttribute("data-name") ?? "";
    const marked = [token && `.${token}`, sourcesOf(name)].filter(Boolean).join(", ");
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

/**
 * The column of the matrix that a number of q, k or v is made by.
 *
 * @param {string} name
 */
function sourcesOf(name) {
  const [, role, column] = name.match(/^([qkv])\/\d+\/(\d+)$/) ?? [];
  return role && `.column-${role}-${column}`;
}
