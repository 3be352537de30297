// Depth: how far each layer moves each token, whose norm sticks out, and the map without those.
import { explorationOf } from "../view/exploration.js";
import { layerName } from "../view/settings.js";
import { movesWanted, throughWanted } from "../data/wanted.js";
import { colourTable } from "../figures/colour_maps.js";
import { element, find, findAs, writeNumber } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";
import { formatNumber } from "../figures/numbers.js";
import { Segments } from "../controls/segments.js";
import { stored } from "../data/stored.js";
import { Columns, domainOf } from "./columns.js";
import { Field } from "./field.js";
import { TITLES, movesOf, outliersOf, valuesOf, written } from "./moves.js";
import { Sticking } from "./sticking.js";

/** @import { Exploration } from "../view/exploration.js" */
/** @import { Wanted } from "../data/wanted.js" */
/** @import { MovesEntry } from "../data/stored.js" */
/** @import { LayerMoves, MeasureName } from "./moves.js" */

/**
 * @typedef {object} DepthData
 * @property {string} key of the exploration
 * @property {string[]} unknown by layer, why nothing is known of it; "" where it is
 * @property {boolean} rollsWithout whether a rollout can be made without some patches
 */

const UNITS = { norm: "‖x‖ after the layer", attention: "× stream norm", mlp: "× stream norm" };

export class Depth {
  /** @type {Exploration | undefined} */ exploration;
  /** @type {DepthData} */ data;
  /** The prefix token whose numbers are read. @type {number | null} */ token = null;
  /** The patch that was under the pointer when it was drawn. @type {number | null} */ hovered = null;
  /** @type {Field | undefined} */ field;
  /** @type {Columns | undefined} */ columns;
  inSight = false;
  drawn = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.segments = new Segments(find(root, ".measures"), (moves) =>
      this.exploration?.set({ moves: /** @type {MeasureName} */ (moves) }),
    );
    this.sticking = new Sticking(root);
    this.sight = new IntersectionObserver((entries) => this.see(entries.some(({ isIntersecting }) => isIntersecting)));
    this.size = new ResizeObserver(() => this.inSight && this.draw());
    this.sight.observe(root);
    this.size.observe(find(root, ".strip"));
    this.figure = { draw: () => this.draw(), seen: () => this.inSight };
  }

  close() {
    this.sight.disconnect();
    this.size.disconnect();
    this.need(null, null);
    this.field?.close();
    this.sticking.close();
    this.exploration?.figures.delete(this.figure);
  }

  /** @param {DepthData} data */
  show(data) {
    this.data = data;
    this.exploration ??= explorationOf(data.key);
    this.field ??= new Field(find(this.root, ".field"), this.exploration);
    this.columns ??= new Columns(findAs(this.root, ".chart", SVGSVGElement), find(this.root, ".strip"), this.exploration);
    this.exploration.figures.add(this.figure);
    if (this.inSight) this.draw();
  }

  /** @param {boolean} inSight */
  see(inSight) {
    this.inSight = inSight;
    if (inSight) this.draw();
    else this.need(null, null);
  }

  /** @returns {MeasureName} */
  get measure() {
    return this.exploration?.settings.moves ?? "norm";
  }

  draw() {
    const { exploration, columns, root } = this;
    if (!exploration?.data || !columns) return;
    const { data, settings, layer } = exploration;
    const wanted = movesWanted(data);
    const entry = stored("moves", wanted.id);
    const without = this.withoutOutliers(exploration);
    this.need(wanted, without);
    const moves = entry && movesOf(entry, layer);
    const cannot = this.data.unknown[layer] ?? "";
    find(root, ".cannot").hidden = !cannot;
    find(root, ".cannot").textContent = cannot;
    this.segments.show(TITLES, this.measure);
    if (!entry) return;
    const svg = columns.svg;
    columns.width = svg.clientWidth || 600;
    const drawn = JSON.stringify([data.recording, this.measure, settings.map, columns.width]);
    if (drawn !== this.drawn) columns.draw(entry, this.measure);
    else columns.mark();
    this.drawn = drawn;
    if (moves) this.drawLayer(exploration, entry, moves);
    const rolled = stored("rows", without?.id);
    this.sticking.draw(exploration, entry, rolled?.patches?.length ? { id: rolled.id, patches: rolled.patches } : null);
  }

  /** The rollout that is shown, made without outliers. @param {Exploration} exploration @returns {Wanted | null} */
  withoutOutliers(exploration) {
    const { data, settings, layer } = exploration;
    if (settings.depth !== "rollout" || !this.data.rollsWithout) return null;
    return throughWanted(data, settings, exploration.ask(layer).token, true);
  }

  /** @param {Wanted | null} moves @param {Wanted | null} without */
  need(moves, without) {
    this.exploration?.need(this, moves);
    this.exploration?.need(this.sticking, without);
  }

  /**
   * @param {Exploration} exploration
   * @param {MovesEntry} entry
   * @param {LayerMoves} moves
   */
  drawLayer(exploration, entry, moves) {
    const { root, measure } = this;
    const { data, layer, hovered, asking } = exploration;
    const { prefix, rows, cols } = data.layers[layer];
    const values = valuesOf(moves, measure);
    const name = `Layer ${layerName(data, layer)}: ${TITLES[measure][0].toLowerCase()}${TITLES[measure].slice(1)}`;
    find(root, ".of").textContent = name;
    find(root, ".unit").textContent = UNITS[measure];
    const outliers = outliersOf(entry, layer, prefix.length);
    this.field?.draw(values.subarray(prefix.length), { rows, cols }, outliers, `${name}. Arrow keys move a pinned patch.`);
    if (hovered !== this.hovered) this.token = null;
    this.hovered = hovered;
    const patch = hovered ?? asking;
    const token = this.token ?? (patch === null ? 0 : prefix.length + patch);
    this.drawTokens(exploration, values);
    this.drawNumbers(moves, token, token < prefix.length ? prefix[token] : `Patch ${written(token - prefix.length, { cols })}`);
  }

  /**
   * CLS and registers, which are not on the picture: a tile each, in the colours of the map.
   *
   * @param {Exploration} exploration
   * @param {Float32Array} values of all tokens
   */
  drawTokens({ data, layer, settings }, values) {
    const { prefix } = data.layers[layer];
    const row = find(this.root, ".tokens");
    row.hidden = !prefix.length;
    if (row.dataset.names !== prefix.join()) {
      row.dataset.names = prefix.join();
      row.replaceChildren(...prefix.map((name, token) => this.tile(name, token)));
    }
    const { low, high } = domainOf(values.subarray(prefix.length));
    const table = colourTable(settings.map);
    [...row.children].forEach((tile, token) => {
      const at = Math.round((255 * (values[token] - low)) / (high - low));
      const pixel = table[Math.max(0, Math.min(255, at))];
      find(tile, "i").style.background = `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`;
      tile.setAttribute("aria-pressed", String(token === this.token));
      writeNumber(find(tile, ".value"), values[token], formatNumber(values[token], "short"));
    });
  }

  /**
   * @param {string} name
   * @param {number} token
   */
  tile(name, token) {
    const tile = Object.assign(element("button"), { type: "button" });
    const text = element("span", "", `${name} `);
    text.append(element("span", "value"));
    tile.append(element("i"), text);
    tile.addEventListener("click", () => {
      this.token = this.token === token ? null : token;
      this.draw();
    });
    return tile;
  }

  /**
   * @param {LayerMoves} moves
   * @param {number} token
   * @param {string} name
   */
  drawNumbers(moves, token, name) {
    const { root } = this;
    find(root, ".token").textContent = name;
    const put = (/** @type {string} */ at, /** @type {number} */ value) =>
      writeNumber(find(root, `.numbers ${at}`), value, formatNumber(value, "short"));
    put(".before .norm", moves.before[token]);
    put(".attention .adds", moves.attention[token]);
    put(".attention .share", moves.attention[token] / moves.before[token]);
    put(".attention .cosine", moves.cosAttention[token]);
    put(".attention .norm", moves.afterAttention[token]);
    put(".mlp .adds", moves.mlp[token]);
    put(".mlp .share", moves.mlp[token] / moves.afterAttention[token]);
    put(".mlp .cosine", moves.cosMlp[token]);
    put(".mlp .norm", moves.after[token]);
    const degrees = (/** @type {number} */ cosine) =>
      `${Math.round((Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI)}°`;
    find(root, ".turns").textContent =
      `Attention brings what other tokens hold and turns this one by ${degrees(moves.cosAttention[token])}; the MLP looks at this token alone and turns it by ${degrees(moves.cosMlp[token])}.`;
  }
}

export default mounted(Depth, ".regard-depth");
