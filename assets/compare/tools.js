// The one row of tools above both pictures: what is shown, what the other picture is asked for, and menus for what is seldom set.
import { choiceOf, rangeOf, switchOf } from "../controls/controls.js";
import { Menu } from "../controls/menu.js";
import { Presentation } from "../controls/presentation.js";
import { WORDS } from "../view/settings.js";
import { element, find, findAs, numberSpan } from "../figures/elements.js";
import { Segments } from "../controls/segments.js";
import { differenceWords } from "./difference.js";
import { isAlike } from "./drawn.js";
import { COMPONENTS, MOST_LINES, showsOf } from "./settings.js";
import { CLEANS, KINDS, SCALES, comparedBy, noMatchSays } from "./words.js";

/** @import { Control } from "../controls/controls.js" */
/** @import { Comparison } from "./comparison.js" */
/** @import { Settings } from "./settings.js" */

/** `of`: only where one of these is shown. @typedef {Control & { of?: readonly Settings["show"][], asksPython?: boolean }} ToolControl */

const ASKS = { match: "What resembles it", place: "The same place" };
const RATIO =
  "The distance of the best match over that of the second best (Lowe 2004); 1 lets all pass. Neighbours are alike, so a dense grid seldom falls low.";
const MUTUAL = { name: "mutual", says: "Only mutual ones (best buddies)" };
const COLOURS = { off: "All patches", above: "Where the first component is above 0", below: "Where it is below 0" };
const FEATURED = /** @type {const} */ (["similarity", "both", "moved"]);
/** Those for which it matters what the other picture is asked for. @type {readonly Settings["show"][]} */
const ASKING = ["similarity", "attention", "both"];

export class Tools {
  /**
   * @param {HTMLElement} root
   * @param {Comparison} comparison
   */
  constructor(root, comparison) {
    this.comparison = comparison;
    this.shows = new Segments(find(root, ".shows"), (show) => comparison.set({ show: /** @type {Settings["show"]} */ (show) }));
    this.asks = new Segments(find(root, ".asks"), (asks) => comparison.set({ asks: /** @type {Settings["asks"]} */ (asks) }));
    this.difference = findAs(root, ".difference", HTMLButtonElement);
    this.difference.addEventListener("click", () => comparison.set({ difference: !comparison.settings.difference }));
    this.box = findAs(root, ".box-tool", HTMLButtonElement);
    this.box.addEventListener("click", () => this.toggleBox());
    this.box.addEventListener("keydown", ({ key }) => key === "Escape" && comparison.escape());
    this.menus = [".by-menu", ".lines-menu", ".joint-menu", ".display", ".files"].map((name) =>
      findAs(root, name, HTMLDetailsElement),
    );
    this.closing = [...this.menus.map((menu) => new Menu(menu)), new Presentation(root, () => comparison.redraw())];
    const [by, lines, joint, display] = this.menus.map((menu) => find(menu, ".panel"));
    this.none = find(root, ".no-match");
    this.byName = find(this.menus[0], "summary");
    this.jointName = find(this.menus[2], "summary");
    /** @type {ToolControl[]} */
    this.controls = [...this.forFeatures(by), ...this.forLines(lines), ...this.forJoint(joint), ...this.forDisplay(display)];
  }

  close() {
    for (const each of this.closing) each.close();
  }

  draw() {
    const { settings, data, sides, boxing } = this.comparison;
    const { show } = settings;
    this.shows.show(showsOf(data), show);
    this.asks.show(ASKS, settings.asks);
    this.asks.root.hidden = !data.oneSpace || data.matches === false || !ASKING.includes(show);
    this.difference.hidden = !isAlike(sides[0].grid, sides[1].grid) || (show !== "similarity" && show !== "attention");
    this.difference.title = differenceWords(data).tooltip;
    this.difference.setAttribute("aria-pressed", String(settings.difference));
    this.box.setAttribute("aria-pressed", String(boxing || settings.box !== null));
    const [by, lines, joint, , files] = this.menus;
    by.hidden = show === "attention";
    this.byName.textContent = comparedBy(settings);
    lines.hidden = data.matches === false || !data.oneSpace || (data.served === false && !data.given?.matches);
    joint.hidden = !this.joins(show);
    const { lines: count } = settings;
    this.none.hidden = !count || lines.hidden || this.comparison.joint.matches()?.all.length !== 0;
    this.none.textContent = noMatchSays(settings);
    files.hidden = data.served !== false; // else the page's own menu has them
    this.jointName.textContent = show === "pca" ? "Components" : "Segments";
    for (const { node, show: update, of, asksPython } of this.controls) {
      node.hidden = (of !== undefined && !of.includes(show)) || (asksPython === true && data.served === false);
      update();
    }
  }

  /** Whether there is something to set of all pictures together; without Python nothing can be computed anew. @param {string} show */
  joins(show) {
    return show === "pca" || (show === "segments" && this.comparison.data.served !== false);
  }

  /** The box that there is goes; else the next drag draws one. */
  toggleBox() {
    const { comparison } = this;
    if (comparison.settings.box) comparison.removeBox();
    else comparison.boxing = !comparison.boxing;
    comparison.redraw();
  }

  /** @param {HTMLElement} panel */
  forFeatures(panel) {
    const { comparison } = this;
    const kind = choiceOf(comparison, "kind", "Of each patch", KINDS);
    const options = [.../** @type {HTMLSelectElement} */ (kind.node.querySelector("select")).options];
    const only = () => {
      for (const option of options) option.hidden = option.disabled = !comparison.data.kinds.includes(option.value);
      kind.show();
    };
    /** @type {ToolControl[]} */
    const controls = [
      { node: kind.node, show: only },
      { ...choiceOf(comparison, "clean", "Similarity of them", CLEANS), of: FEATURED },
    ];
    panel.append(...controls.map(({ node }) => node));
    return controls;
  }

  /** @param {HTMLElement} panel */
  forLines(panel) {
    const { comparison } = this;
    const within = document.createElement("select");
    within.addEventListener("change", () => comparison.set({ within: within.value }));
    const label = element("label");
    label.append(element("span", "", "Where"), within);
    const told = element("p", "quiet told");
    const controls = [
      rangeOf(comparison, { name: "lines", says: "Lines", low: 0, high: MOST_LINES, step: 5 }),
      switchOf(comparison, MUTUAL.name, MUTUAL.says),
      rangeOf(comparison, { name: "ratio", says: "Lowe's ratio below", low: 0.5, high: 1, step: 0.01, help: RATIO }),
      { node: label, show: () => this.fillWithin(within) },
      { node: told, show: () => (told.textContent = this.matchesSay()) },
    ];
    panel.append(...controls.map(({ node }) => node));
    return controls;
  }

  /** @param {HTMLSelectElement} select */
  fillWithin(select) {
    const { within, box, k } = this.comparison.settings;
    const segments = Array.from({ length: k }, (_, at) => [`segment-${at}`, `In segment ${at + 1}`]);
    const all = [
      ["all", "Everywhere"],
      ...(box ? [["box", "From the box"]] : []),
      ["foreground", "In the foreground"],
      ...segments,
    ];
    if (select.options.length !== all.length || select.dataset.box !== String(box !== null)) {
      select.replaceChildren(...all.map(([value, says]) => new Option(says, value)));
      select.dataset.box = String(box !== null);
    }
    select.value = within;
  }

  /** How many lines there are of how many matches. */
  matchesSay() {
    const { comparison } = this;
    const { lines } = comparison.settings;
    if (!lines) return "";
    const found = comparison.joint.matches();
    if (!found) return "The matches are being computed…";
    if (!found.all.length) return noMatchSays(comparison.settings);
    return `${found.drawn.length} of ${found.all.length} matches that pass, the most alike`;
  }

  /** @param {HTMLElement} panel */
  forJoint(panel) {
    const { comparison } = this;
    const numbers = Array.from({ length: COMPONENTS }, (_, at) => [String(at + 1), `Component ${at + 1}`]);
    const components = { rgb: "The first three, as colours", ...Object.fromEntries(numbers) };
    /** @type {ToolControl[]} */
    const controls = [
      { ...choiceOf(comparison, "component", "Shown", components), of: ["pca"] },
      { ...choiceOf(comparison, "foreground", "Of", COLOURS), of: ["pca"], asksPython: true },
      { ...rangeOf(comparison, { name: "k", says: "How many", low: 2, high: 12, step: 1 }), of: ["segments"] },
    ];
    const explained = element("p", "quiet told");
    controls.push({ node: explained, show: () => this.showExplained(explained), of: ["pca"] });
    panel.append(...controls.map(({ node }) => node));
    return controls;
  }

  /** How much of the variance the shown components explain. @param {HTMLElement} node */
  showExplained(node) {
    const { components } = this.comparison.joint;
    const { component } = this.comparison.settings;
    const about = `${components?.id} ${component}`;
    if (node.dataset.about === about) return;
    node.dataset.about = about;
    const parts = component === "rgb" ? Object.entries({ Red: 0, green: 1, blue: 2 }) : [["This is", Number(component) - 1]];
    const shares = parts.flatMap(([name, at], number) => {
      const share = components?.explained[Number(at)] ?? 0;
      return [`${number ? ", " : ""}${name} `, numberSpan(share, "", `${(100 * share).toFixed(1)} %`)];
    });
    node.replaceChildren(...(components ? [...shares, " of the variance"] : []));
  }

  /** @param {HTMLElement} panel */
  forDisplay(panel) {
    const { comparison } = this;
    /** @type {ToolControl[]} */
    const controls = [
      switchOf(comparison, "locked", "Both layers move together"),
      { ...choiceOf(comparison, "combine", "Several heads as their", WORDS.combine), of: ["attention", "both"] },
      rangeOf(comparison, { name: "opacity", says: "Opacity of the map", low: 0, high: 1, step: 0.05 }),
      choiceOf(comparison, "scale", "Colour scale", WORDS.scale),
      { ...choiceOf(comparison, "scales", "The two maps have", SCALES), of: ["attention", "similarity"] },
      choiceOf(comparison, "map", "Colours", WORDS.map),
    ];
    panel.append(...controls.map(({ node }) => node));
    return controls;
  }
}
