// What a ranking does to the grid of all heads: another order, marks of the first, the colours of their numbers.
import { shortOf } from "../view/measure_words.js";
import { slotsOf } from "../view/ranked.js";

/** @import { AllHeads } from "./all_heads.js" */
/** @import { Measure } from "../view/measures.js" */
/** @import { ByHead } from "../view/ranked.js" */
/** @typedef {{ measure: Measure, values: ByHead }} Numbered */

const BRIGHT = 0.6; // of the colours, beyond which dark letters are read better

export class HeadsMarks {
  arranged = "";

  /** The order of the cells, and the numbers of those that come first in the ranking. @param {AllHeads} grid */
  arrange({ shape, order, first, image, root, buttons, numbers }) {
    const arranged = JSON.stringify([order, first]);
    if (!shape || arranged === this.arranged) return;
    this.arranged = arranged;
    const slots = order && slotsOf(order, shape.layers, shape.heads);
    if (slots !== image.slots || slots) image.arrange(slots);
    root.classList.toggle("ordered", order !== null);
    [...numbers.down.children].forEach((number, row) => {
      if (number instanceof HTMLElement) number.dataset.first = String(row * shape.heads + 1);
    });
    const ranks = new Map(first.map(({ layer, head }, rank) => [`${layer}/${head}`, String(rank + 1)]));
    buttons.forEach((heads, layer) =>
      heads.forEach((button, head) => {
        const slot = slots ? slots[layer * shape.heads + head] : layer * shape.heads + head;
        const [down, across] = [Math.floor(slot / shape.heads), slot % shape.heads];
        button.style.gridArea = slots ? `${down + 1} / ${across + 1}` : "";
        button.hidden = slot < 0;
        const rank = ranks.get(`${layer}/${head}`);
        if (rank) button.dataset.rank = rank;
        else delete button.dataset.rank;
      }),
    );
  }

  /**
   * @param {AllHeads} grid
   * @param {Numbered} numbered
   */
  colour({ image, cells, buttons, exploration }, { measure, values }) {
    const all = values.flatMap((heads) => Array.from(heads)).filter(Number.isFinite);
    const domain = { low: Math.min(...all), high: Math.max(...all) };
    image.fill(values, domain, exploration.settings.map);
    image.show();
    cells.classList.add("numbered");
    buttons.forEach((heads, layer) =>
      heads.forEach((button, head) => {
        const value = values[layer]?.[head] ?? NaN;
        button.dataset.number = Number.isFinite(value) ? shortOf(measure, value) : "";
        button.classList.toggle("bright", (value - domain.low) / (domain.high - domain.low) > BRIGHT);
        button.classList.remove("absent");
      }),
    );
  }

  /** The maps again. @param {AllHeads} grid */
  uncolour({ image, cells }) {
    if (!cells.classList.contains("numbered")) return;
    cells.classList.remove("numbered");
    image.arrange(image.slots);
  }
}
