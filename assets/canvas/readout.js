// The numbers under the canvas. Every number written carries its full value in data-value.

/** Write a number: shortened to read, whole in data-value. */
export function setNumber(element, value, text) {
  element.textContent = text ?? formatWeight(value);
  element.dataset.value = String(value);
}

/** Four significant digits, without an exponent where that is readable. */
export function formatWeight(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1e-4 && size < 1e4 ? String(Number(value.toPrecision(4))) : value.toExponential(2);
}

export class Readout {
  constructor(root) {
    this.root = root;
    this.terms = new Map();
    this.list = root.querySelector("ol");
    this.items = [];
  }

  /** facts: [{ term, value, text }], always the same terms in the same order for one kind of view. */
  showFacts(facts) {
    const wanted = facts.map((fact) => fact.term).join("|");
    if (this.wanted !== wanted) {
      this.wanted = wanted;
      const list = this.root.querySelector("dl");
      list.replaceChildren();
      this.terms.clear();
      for (const { term } of facts) {
        const dd = document.createElement("dd");
        list.append(Object.assign(document.createElement("dt"), { textContent: term }), dd);
        this.terms.set(term, dd);
      }
    }
    for (const { term, value, text } of facts) {
      const element = this.terms.get(term);
      if (value === undefined) {
        element.textContent = text;
        delete element.dataset.value;
      } else setNumber(element, value, text);
    }
  }

  /** top: [{ row, col, token, weight }], largest first. */
  showTop(top) {
    while (this.items.length < top.length) this.items.push(this.newItem());
    this.items.forEach(({ item }, i) => (item.hidden = i >= top.length));
    top.forEach(({ row, col, token, weight }, i) => {
      const { item, place, bar, number } = this.items[i];
      item.dataset.token = token;
      place.textContent = `${row}, ${col}`;
      bar.style.width = `${top[0].weight > 0 ? (100 * weight) / top[0].weight : 0}%`;
      setNumber(number, weight);
    });
  }

  newItem() {
    const item = document.createElement("li");
    const [rank, place, track, number] = ["rank", "place", "track", "number"].map((name) =>
      Object.assign(document.createElement("span"), { className: name }),
    );
    const bar = Object.assign(document.createElement("div"), { className: "bar" });
    rank.textContent = String(this.items.length + 1);
    track.append(bar);
    item.append(rank, place, track, number);
    this.list.append(item);
    return { item, place, bar, number };
  }
}
