// Why this weight: the query's and the key's channels, their products, and the keys that this one had to beat.
import { explorationOf } from "../view/exploration.js";
import { showHead } from "../view/head_choice.js";
import { Picture } from "../maps/picture.js";
import { smallPicture } from "../figures/small_picture.js";
import { headsAfter, layerName } from "../view/settings.js";
import { waitingFor } from "../view/words.js";
import { element, find, findAs, writeNumber } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";
import { formatNumber } from "../figures/numbers.js";
import { Segments } from "../controls/segments.js";
import { Chart } from "./chart.js";
import { Pair, PairPointing } from "./pair.js";
import { Rivals } from "./rivals.js";
import { explain } from "./explained.js";
import { beatsOf, channelSays, hintOf, meansOf, splitOf, sumOfWords, told } from "./says.js";

/** @import { Exploration } from "../view/exploration.js" */
/** @import { Explained } from "./explained.js" */
/** @import { Against } from "./terms.js" */

/** key: the name of the exploration. cannot: layers of which nothing can be said. rolledOut: why nothing is said of a rollout. @typedef {{ key: string, cannot: Record<string, string>, rolledOut: string }} WhyData */

const TITLES = { alone: "Alone", mean: "Against the mean key", rival: "Against the strongest rival" };
const QUIET_MS = 500; // before a screen reader is told

export class Why {
  /** @type {Exploration | undefined} */ exploration;
  /** @type {WhyData} */ data;
  /** @type {Pair} */ pair;
  /** @type {Picture | undefined} */ picture;
  /** @type {Rivals | undefined} */ rivals;
  /** @type {Explained | null} */ found = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ speaking;
  inSight = false;
  lit = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.chart = new Chart(findAs(root, ".chart", SVGSVGElement));
    this.chart.onPoint = (channel) => this.pointChannel(channel);
    this.segments = new Segments(find(root, ".against"), (against) =>
      this.exploration?.set({ against: /** @type {Against} */ (against) }),
    );
    this.sight = new IntersectionObserver((entries) => this.see(entries.some(({ isIntersecting }) => isIntersecting)));
    this.size = new ResizeObserver(([{ contentRect }]) => {
      this.chart.width = Math.max(240, contentRect.width);
      if (this.inSight) this.draw();
    });
    this.sight.observe(root);
    this.size.observe(this.chart.svg);
    this.figure = { draw: () => this.draw(), seen: () => this.inSight };
  }

  close() {
    this.sight.disconnect();
    this.size.disconnect();
    this.exploration?.need(this, null);
    clearTimeout(this.speaking);
    this.picture?.close();
    this.exploration?.figures.delete(this.figure);
    this.exploration?.light(null);
  }

  /** @param {WhyData} data */
  show(data) {
    this.data = data;
    this.exploration ??= explorationOf(data.key);
    this.pair ??= new Pair(this.exploration);
    this.exploration.figures.add(this.figure);
    if (this.inSight) this.draw();
  }

  /** @param {boolean} inSight */
  see(inSight) {
    this.inSight = inSight;
    if (inSight) this.draw();
    else {
      this.exploration?.need(this, null);
      this.light(null);
    }
  }

  draw() {
    const { exploration, pair, root } = this;
    if (!exploration?.data) return;
    const isRolledOut = exploration.settings.depth !== "layer";
    const cannot = isRolledOut ? this.data.rolledOut : (this.data.cannot[String(exploration.layer)] ?? "");
    find(root, ".cannot").hidden = !cannot;
    find(root, ".cannot").textContent = cannot;
    find(root, ".layout").hidden = Boolean(cannot);
    if (cannot) return exploration.need(this, null);
    const ready = pair.update();
    this.picture ??= new Picture(smallPicture(find(this.root, ".small-picture")), exploration, new PairPointing(pair));
    this.rivals ??= new Rivals(find(root, ".rivals"), findAs(root, ".picture", HTMLImageElement), pair);
    this.picture.draw();
    const entry = ready ? pair.entry : undefined;
    exploration.need(this, ready && !entry ? pair.wanted : null);
    find(root, ".layout").classList.toggle("stale", !entry);
    if (!ready) find(root, ".of").textContent = waitingFor(exploration, null);
    else this.drawPair(exploration);
    if (entry) this.drawWhy(exploration, (this.found = explain(pair, entry, exploration.settings.against)));
  }

  /** @param {Exploration} exploration */
  drawPair(exploration) {
    const { root, pair } = this;
    find(root, ".query-name").textContent = pair.nameOf(pair.query);
    find(root, ".key-name").textContent = pair.nameOf(pair.key);
    find(root, ".hint").textContent = hintOf(pair);
    this.light({ query: pair.blockOf(pair.query), key: pair.blockOf(pair.key) });
    const { numHeads } = pair.layer;
    const name = exploration.data.layers.length > 1 ? `Layer ${layerName(exploration.data, exploration.layer)}, ` : "";
    find(root, ".of").textContent = `${name}head ${pair.head}`;
    find(root, ".heads .quiet").textContent =
      `Weight by head${pair.alone ? "" : `; taken apart is head ${pair.head}, the most decided`}`;
    find(root, ".heads").hidden = numHeads < 2;
    this.drawChips(exploration);
    this.drawTokens();
  }

  /** @param {Exploration} exploration */
  drawChips(exploration) {
    const { pair } = this;
    const chips = find(this.root, ".chips");
    const { weights } = pair;
    while (chips.children.length < weights.length) chips.append(this.chip(exploration, chips.children.length));
    const most = Math.max(...weights, 1e-12);
    [...chips.children].forEach((chip, head) => {
      if (!(chip instanceof HTMLElement)) return;
      chip.hidden = head >= weights.length;
      if (chip.hidden) return;
      chip.setAttribute("aria-pressed", String(head === pair.head));
      find(chip, ".bar").style.width = `${(100 * weights[head]) / most}%`;
      writeNumber(find(chip, ".weight"), weights[head], formatNumber(weights[head], "readout"));
    });
  }

  /**
   * @param {Exploration} exploration
   * @param {number} head
   */
  chip(exploration, head) {
    const chip = Object.assign(element("button"), { type: "button" });
    const track = element("span", "track");
    track.append(element("span", "bar"));
    chip.append(element("span", "head", `head ${head}`), element("span", "weight"), track);
    chip.addEventListener("click", () => {
      const { layer, settings } = exploration;
      if (headsAfter(settings.heads, head, false)) showHead(exploration, { layer, head });
      else exploration.set({ heads: null });
    });
    return chip;
  }

  /** The tokens that are not on the picture, to be held as the other one. */
  drawTokens() {
    const { pair } = this;
    const { prefix } = pair.layer;
    const row = find(this.root, ".tokens");
    row.hidden = !prefix.length;
    if (row.dataset.names !== prefix.join()) {
      row.dataset.names = prefix.join();
      row.replaceChildren(
        row.children[0],
        ...prefix.map((name, token) => {
          const button = Object.assign(element("button", "", name), { type: "button" });
          button.addEventListener("click", () => pair.hold(pair.held === token ? null : token));
          return button;
        }),
      );
    }
    [...row.children].slice(1).forEach((button, token) => button.setAttribute("aria-pressed", String(token === pair.other)));
  }

  /**
   * @param {Exploration} exploration
   * @param {Explained} found
   */
  drawWhy(exploration, found) {
    const { root, pair } = this;
    const { temperature, against } = exploration.settings;
    this.segments.show(TITLES, against);
    this.chart.draw(found);
    this.rivals?.show(found);
    const count = find(root, ".softmax .count");
    writeNumber(count, found.scores.length, found.scores.length.toLocaleString("en"));
    this.pointChannel(this.chart.pointed);
    find(root, ".sum").replaceChildren(...sumOfWords(pair, found, temperature));
    find(root, ".split").hidden = found.content === null;
    find(root, ".split").replaceChildren(...splitOf(found));
    find(root, ".means").textContent = meansOf(pair, found);
    find(root, ".beats").replaceChildren(...beatsOf(pair, found, temperature));
    this.speak(found);
  }

  /** @param {number | null} channel */
  pointChannel(channel) {
    this.chart.point(channel);
    if (this.found) find(this.root, ".dimension").replaceChildren(...channelSays(this.found, this.chart.pointed));
  }

  /** Outline the two on all pictures. @param {Exploration["lit"]} lit */
  light(lit) {
    const written = JSON.stringify(lit);
    if (written === this.lit) return;
    this.lit = written;
    this.exploration?.light(lit);
  }

  /** Once nothing changes any more. @param {Explained} found */
  speak(found) {
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => (find(this.root, ".pair-told").textContent = told(this.pair, found)), QUIET_MS);
  }
}

export default mounted(Why, ".regard-why");
