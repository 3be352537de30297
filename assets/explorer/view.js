// The explorer: one large picture, the layers under it, the numbers and the heads beside it.
import { find, findAs } from "../figures/elements.js";
import { AllHeads } from "../maps/all_heads.js";
import { Display } from "./display.js";
import { explorationOf } from "../view/exploration.js";
import { Fetching } from "../data/fetching.js";
import { Waiting } from "../controls/waiting.js";
import { HeadActions } from "../maps/head_actions.js";
import { HeadThumbs } from "../maps/head_thumbs.js";
import { sizeOf, uprightOf } from "../figures/heads_layout.js";
import { HeadsWindow } from "./heads_window.js";
import { LayerStrip } from "../maps/layer_strip.js";
import { Link } from "../view/link.js";
import { missedBy } from "../view/missed.js";
import { Picture } from "../maps/picture.js";
import { Ranking } from "./ranking.js";
import { Readout } from "./readout.js";
import { Rolled } from "./rolled.js";
import { RowSums } from "../view/row_sums.js";
import { linkOf } from "../view/settings.js";
import { Tools } from "./tools.js";

/** @import { Exploration, ExplorerData } from "../view/exploration.js" */
/** @import { Settings } from "../view/settings.js" */

/** What Python gives: what to explore, under which name, and whether the link follows. @typedef {ExplorerData & { key: string, linked: boolean }} MountedData */

export class Explorer {
  /** Tells the page's script whether only the middle square of the picture is looked at. @type {((square: boolean) => void) | undefined} */
  cut;
  /** @type {Exploration["toWhatIf"]} */ toWhatIf = null;
  /** Asks the page's script for another lease. @type {(() => void) | undefined} */ renew;
  /** @type {{ draw?: () => void, close?: () => void }[]} */ parts = [];
  /** @type {Exploration | undefined} */ exploration;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
  }

  /** @param {MountedData} data */
  show(data) {
    this.exploration ??= this.begin(data);
    this.exploration.toWhatIf = data.linked ? this.toWhatIf : null;
    this.root.classList.toggle("compact", data.compact ?? false);
    this.exploration.adopt(data);
    this.showUnread(this.exploration);
    this.link?.follow();
  }

  /** @param {MountedData} data */
  begin({ key, linked }) {
    const { root } = this;
    const exploration = explorationOf(key);
    const menu = findAs(root, ".display", HTMLDetailsElement);
    const readout = new Readout(find(root, ".readout"), find(root, ".spoken"), exploration);
    const allHeads = find(root, ".all-heads");
    this.link = linked ? new Link(() => saidOf(exploration)) : undefined;
    this.parts = [
      new Picture(root, exploration),
      readout,
      new HeadThumbs(find(root, ".heads"), exploration),
      new HeadActions(find(root, ".heads .actions"), exploration),
      new LayerStrip(find(root, ".strip"), exploration),
      new Tools(root, exploration),
      new Rolled(find(root, ".rolled"), exploration),
      new Display(menu, find(menu, ".panel"), exploration),
      { draw: () => showAllHeads(allHeads, exploration) },
      new AllHeads(find(allHeads, ".heads-grid"), exploration),
      new Ranking(find(allHeads, ".ranking"), exploration),
      new HeadsWindow(
        findAs(root, ".heads-window", HTMLDialogElement),
        findAs(root, ".enlarge", HTMLButtonElement),
        exploration,
      ),
      new RowSums(exploration),
      ...this.fetchingFor(exploration),
    ];
    this.figure = { draw: () => this.draw() };
    exploration.figures.add(this.figure);
    this.listen = (/** @type {Partial<Settings>} */ changes) => {
      this.link?.follow();
      this.showUnread(exploration);
      readout.speak();
      if (changes.square !== undefined) this.cut?.(changes.square);
    };
    exploration.listeners.add(this.listen);
    return exploration;
  }

  /** @param {Exploration} exploration */
  fetchingFor(exploration) {
    const fetching = new Fetching(() => missedBy(exploration), {
      sources: () => (exploration.source ? [exploration.source] : []),
      onGone: () => this.renew?.(),
    });
    this.needed = () => fetching.soon();
    exploration.needed.add(this.needed);
    return [fetching, new Waiting(find(this.root, ".news"), fetching)];
  }

  /** Say which settings of the link could not be read, until the reader sets something. @param {Exploration} exploration */
  showUnread({ unread }) {
    const note = find(this.root, ".unread");
    note.hidden = unread.length === 0;
    note.textContent = `The link's ${unread.join(" and ")} cannot be read: the page has its own.`;
  }

  draw() {
    for (const part of this.parts) part.draw?.();
  }

  close() {
    for (const part of [...this.parts, this.link]) part?.close?.();
    if (this.figure) this.exploration?.figures.delete(this.figure);
    if (this.needed) this.exploration?.needed.delete(this.needed);
    if (this.listen) this.exploration?.listeners.delete(this.listen);
  }
}

/** What the link says. @param {Exploration} exploration */
function saidOf({ data, wanted }) {
  return data ? linkOf(wanted, data.defaults, data.layers[0].prefix[0]) : null;
}

/**
 * The grid beside the picture, where there is one, and the room that it takes of the ranking's.
 *
 * @param {HTMLElement} section
 * @param {Exploration} exploration
 */
function showAllHeads(section, exploration) {
  const { data, settings } = exploration;
  section.hidden = !(AllHeads.fits(exploration) && data.layers.length > 1 && settings.depth === "layer");
  const { width, height } = sizeOf({ ...uprightOf(data), turned: false });
  section.style.setProperty("--grid", String(width / height));
}
