// The settings of the page "Atlas": their words in the link, and the settings that an atlas can show. Pure.
import registry from "../data/measures.json" with { type: "json" };

/** @import { Column } from "./grid.js" */
/** @import { Place, Values } from "./layout.js" */

/**
 * @typedef {object} Settings
 * @property {string} measure by name; "" for the first
 * @property {string} show which number of it: one of SHOWS
 * @property {string} order one of ORDERS
 * @property {string} as one of VIEWS
 * @property {Place | null} head null for the one that varies most between pictures
 */

/**
 * A measure to choose. lacking: a sentence if the atlas is older than it, else ""; uncompared: the same of the atlas beside.
 *
 * @typedef {{ name: string, title: string, unit: string, lacking: string, uncompared: string }} Measure
 */

/** The atlas that the settings belong to. @typedef {{ heads: number[], beside: string, measures: Measure[] }} Of */

export const SHOWS = { mean: "Mean", deviation: "Variation between pictures" };
const COMPARED = { difference: "Difference", effect: "Effect size" };
export const ORDERS = { layer: "By layer", value: "By value" };
export const VIEWS = { grid: "Grid", table: "Table" };
/** @type {Settings} */
export const DEFAULTS = { measure: "", show: "mean", order: "layer", as: "grid", head: null };
export const PARAMETERS = ["measure", "show", "order", "head", "as"];
const HEAD = /^(\d{1,3})\.(\d{1,4})$/;

/** The words of the link, by setting and value. @type {Record<string, Record<string, string>>} */
const WORDS = {
  measure: Object.fromEntries(
    registry.places.atlas.map((name) => [
      name,
      /** @type {Record<string, { title: string }>} */ (registry.measures)[name].title,
    ]),
  ),
  show: { ...SHOWS, ...COMPARED },
  order: ORDERS,
  as: { grid: "grid", table: "table" },
};

/** The numbers of a measure that can be shown, by name. @param {Pick<Of, "beside">} of @returns {Record<string, string>} */
export function showsOf({ beside }) {
  return beside ? { ...SHOWS, ...COMPARED } : SHOWS;
}

/**
 * The settings that a link says. It may say anything: what cannot be read is as at first.
 *
 * @param {Record<string, string>} link
 * @returns {Settings}
 */
export function settingsOfLink(link) {
  const read = Object.entries(WORDS).flatMap(([name, words]) => {
    const value = Object.keys(words).find((each) => words[each] === link[name]);
    return value === undefined ? [] : [[name, value]];
  });
  const head = HEAD.exec(link.head ?? "");
  return { ...DEFAULTS, ...Object.fromEntries(read), head: head && { layer: Number(head[1]), head: Number(head[2]) } };
}

/**
 * The parameters that say these settings, as text; null where one is left out.
 *
 * @param {Settings} settings
 * @param {Of} of
 * @returns {Record<string, string | null>}
 */
export function linkOf(settings, { measures }) {
  const { measure, show, order, as, head } = settings;
  const isOther = measures.slice(1).some(({ name }) => name === measure);
  return {
    measure: isOther ? WORDS.measure[measure] : null,
    show: show === DEFAULTS.show ? null : WORDS.show[show],
    order: order === DEFAULTS.order ? null : WORDS.order[order],
    as: as === DEFAULTS.as ? null : as,
    head: head && `${head.layer}.${head.head}`,
  };
}

/** The settings as far as the atlas has them. @param {Settings} settings @param {Of} of @returns {Settings} */
export function fitted(settings, of) {
  const { measures, heads } = of;
  const { measure, show, head } = settings;
  return {
    ...settings,
    measure: measures.some(({ name }) => name === measure) ? measure : (measures[0]?.name ?? ""),
    show: show in showsOf(of) ? show : DEFAULTS.show,
    head: head && head.head < (heads[head.layer] ?? 0) ? head : null,
  };
}

/** The head whose number varies most between pictures, the first if none does. @param {readonly Column[]} columns @returns {Place} */
export function variesMost(columns) {
  /** @type {Values} */
  const values = columns.find(({ name }) => name === "deviation")?.values ?? [];
  const all = values.flatMap((heads, layer) => heads.map((value, head) => ({ layer, head, value: value ?? -Infinity })));
  const most = all.reduce((best, each) => (each.value > best.value ? each : best), { layer: 0, head: 0, value: -Infinity });
  return { layer: most.layer, head: most.head };
}
