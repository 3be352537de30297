// Every head of the model to click, what a click does, and what can be done to the picture.
import { comparisonOf } from "../compare/comparison.js";
import { element, find, numberSpan } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";
import { Segments } from "../controls/segments.js";
import { actsOf } from "../edits/acts.js";
import { withHead, withLayer } from "../edits/acts_text.js";
import { HeadCells, markOf } from "./head_cells.js";
import { PictureChanges } from "./picture_changes.js";

/** @import { Comparison } from "../compare/comparison.js" */
/** @import { Acts } from "../edits/acts.js" */
/** @import { Answer, Class } from "../what_if/changing.js" */

/** calls: the number of each drawn layer's attention call, by which edits name it. @typedef {{ key: string, calls: number[] }} PanelData */

const KINDS = /** @type {Record<string, { title: string, says: string }>} */ ({
  off: { title: "Off", says: "It writes nothing: its slice of W₀ is 0." },
  mean: { title: "Mean", says: "It hands on the mean of its values." },
  even: { title: "Even", says: "It looks at all tokens alike." },
  "t0.5": { title: "Sharper", says: "Temperature 0.5: more of what it looks at most." },
  t2: { title: "Flatter", says: "Temperature 2: less of what it looks at most." },
  in: { title: "In the box", says: "It looks at the box alone." },
  out: { title: "Outside", says: "It looks at all but the box." },
});
/** With the mark that it leaves on a head. */
const TITLES = Object.fromEntries(Object.entries(KINDS).map(([name, { title }]) => [name, `${markOf(name)} ${title}`]));
const BOXED = ["in", "out"];

export class Panel {
  /** @type {Acts | undefined} */ acts;
  /** @type {Comparison | undefined} */ comparison;
  /** @type {PanelData | undefined} */ data;

  /** The classes that were listed last. */ about = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.kinds = new Segments(find(root, ".kinds"), (kind) => this.acts?.choose(kind));
    this.figure = { draw: () => this.draw() };
  }

  /** @param {PanelData} data */
  show(data) {
    this.data = data;
    if (!this.acts || !this.comparison) this.begin(data.key);
    this.draw();
  }

  /** The most probable classes; a click takes one for the number over the pictures. @param {Partial<Answer>} answer */
  showClasses({ before = [], after = [] }) {
    find(this.root, ".classes").hidden = !before.length;
    const about = JSON.stringify([before, after]);
    if (about === this.about) return;
    this.about = about;
    const rows = before.map((each, at) => {
      const row = element("tr");
      row.append(this.classCell(each), this.classCell(after[at]));
      return row;
    });
    find(this.root, "tbody").replaceChildren(...rows);
  }

  /** @param {Class} of */
  classCell({ index, name, share }) {
    const cell = element("td");
    const button = Object.assign(element("button", "", name), { type: "button", title: "Its probability over the pictures" });
    button.addEventListener("click", () => this.acts?.set({ target: index }));
    cell.append(numberSpan(share, "", `${(100 * share).toFixed(1)} %`), " ", button);
    cell.style.setProperty("--share", String(share));
    return cell;
  }

  /** @param {string} key */
  begin(key) {
    const [acts, comparison] = [actsOf(key), comparisonOf(key)];
    Object.assign(this, { acts, comparison });
    acts.figures.add(this.figure);
    comparison.figures.add(this.figure);
    this.cells = new HeadCells(find(this.root, ".grid-room"), find(this.root, ".told"), comparison.sides[0], {
      acts,
      call: (layer) => this.data?.calls[layer] ?? layer,
      onHead: (layer, head) => this.take(layer, head),
    });
    this.pictures = new PictureChanges(find(this.root, ".hows"), find(this.root, ".hint"), acts, comparison);
  }

  close() {
    this.cells?.close();
    this.acts?.figures.delete(this.figure);
    this.comparison?.figures.delete(this.figure);
  }

  draw() {
    const { acts, comparison } = this;
    if (!acts || !comparison?.data) return;
    this.showClasses(acts.answer ?? {});
    this.kinds.show(TITLES, acts.kind);
    const { says } = KINDS[acts.kind];
    const missesBox = BOXED.includes(acts.kind) && !comparison.settings.box;
    find(this.root, ".says").textContent = missesBox ? "Drag a box over a picture first (with shift, or by its tool)." : says;
    this.cells?.draw();
    this.pictures?.draw();
  }

  /**
   * A click on a head, or on a layer's number.
   *
   * @param {number} layer as drawn
   * @param {number | null} head
   */
  take(layer, head) {
    const { acts, comparison, data } = this;
    if (!acts || !comparison || !data) return;
    const kind = this.kind(acts, comparison);
    if (!kind) {
      comparison.boxing = true;
      comparison.redraw();
      return;
    }
    const { numHeads } = comparison.sides[0].data.layers[layer];
    const call = data.calls[layer];
    acts.setList(head === null ? withLayer(acts.list, call, kind, numHeads) : withHead(acts.list, call, head, kind, numHeads));
  }

  /** With the box where there has to be one; "" where it is missing. @param {Acts} acts @param {Comparison} comparison */
  kind({ kind }, { settings: { box } }) {
    if (!BOXED.includes(kind)) return kind;
    return box ? `${kind}${[box.row, box.col, box.rows, box.cols].join()}` : "";
  }
}

export default mounted(Panel, ".regard-edit-heads", () => {});
