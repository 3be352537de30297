// The text of a list of changes, as the link has it and attention_core/interventions/changes.py reads it. Pure.

/** What happens to heads: "off", "mean", "even", "t0.5", "in3,4,5,6" or "out3,4,5,6"; heads: null for all of the layer. @typedef {{ layer: number, heads: number[] | null, kind: string }} HeadAct */
/** box: row, col, rows, cols. to: the row and column of the box with which it is swapped. @typedef {{ how: string, box: number[], to: number[] | null }} PictureAct */
/** @typedef {HeadAct | PictureAct} Act */

export const NONE = "none";
const MOST_CHARACTERS = 4096;
const TEMPERATURES = [0.01, 100];
const HEADS =
  /^(\d{1,3})\.(\*|\d{1,3}(?:\+\d{1,3})*):(?:(off|mean|even)|t(\d{1,3}(?:\.\d{1,20})?)|(in|out)(\d{1,3}(?:,\d{1,3}){3}))$/;
const PATCHES = /^(blur|blank|shuffle|swap):(\d{1,3}(?:,\d{1,3}){3})(?:>(\d{1,3},\d{1,3}))?$/;
const SAYS = /** @type {Record<string, string>} */ ({ off: "off", mean: "mean of its values", even: "even" });
const HOWS = /** @type {Record<string, string>} */ ({
  blur: "blurred",
  blank: "blanked",
  shuffle: "shuffled",
  swap: "swapped",
});

/**
 * The changes that a text says; null for any other text.
 *
 * @param {string} text
 * @returns {Act[] | null}
 */
export function parsedActs(text) {
  if (text.length > MOST_CHARACTERS) return null;
  const parts = text === NONE ? [] : text.split(";").filter(Boolean);
  const acts = parts.map((part) => pictureAct(part) ?? headAct(part));
  return acts.includes(null) ? null : /** @type {Act[]} */ (acts);
}

/** @param {string} part @returns {PictureAct | null} */
function pictureAct(part) {
  const [, how, box, to] = PATCHES.exec(part) ?? [];
  if (!box || isEmpty(numbers(box)) || Boolean(to) !== (how === "swap")) return null;
  return { how, box: numbers(box), to: to ? numbers(to) : null };
}

/** @param {string} part @returns {HeadAct | null} */
function headAct(part) {
  const [, layer, heads, plain, temperature, side, box] = HEADS.exec(part) ?? [];
  const [low, high] = TEMPERATURES;
  const isHot = temperature && !(Number(temperature) >= low && Number(temperature) <= high);
  if (!layer || isHot || (box && isEmpty(numbers(box)))) return null;
  const which = heads === "*" ? null : [...new Set(heads.split("+").map(Number))];
  return { layer: Number(layer), heads: which, kind: plain ?? (box ? side + numbers(box).join() : `t${Number(temperature)}`) };
}

/** @param {string} text */
function numbers(text) {
  return text.split(",").map(Number);
}

/** Whether a box holds no patch. @param {number[]} box */
function isEmpty([, , rows, cols]) {
  return rows < 1 || cols < 1;
}

/** @param {readonly Act[]} acts */
export function writtenActs(acts) {
  return acts.map(written).join(";") || NONE;
}

/** @param {Act} act */
function written(act) {
  if ("how" in act) return `${act.how}:${act.box.join()}${act.to ? `>${act.to.join()}` : ""}`;
  return `${act.layer}.${act.heads?.join("+") ?? "*"}:${act.kind}`;
}

/**
 * What happens to a head; "" where nothing does.
 *
 * @param {readonly Act[]} acts
 * @param {number} layer
 * @param {number} head
 */
export function kindOf(acts, layer, head) {
  const found = acts.find((act) => "layer" in act && act.layer === layer && (act.heads?.includes(head) ?? true));
  return found && "kind" in found ? found.kind : "";
}

/**
 * A head as it is again where this happened to it already; else this happens to it, and nothing else.
 *
 * @param {readonly Act[]} acts
 * @param {number} layer
 * @param {number} head
 * @param {string} kind
 * @param {number} numHeads of the layer
 * @returns {Act[]}
 */
export function withHead(acts, layer, head, kind, numHeads) {
  const before = kindOf(acts, layer, head);
  const left = acts.flatMap((act) => (before && "layer" in act && act.layer === layer ? without(act, head, numHeads) : [act]));
  if (before === kind) return left;
  const alike = left.find((act) => "layer" in act && act.layer === layer && act.kind === kind);
  if (!alike || !("layer" in alike)) return [...left, { layer, heads: [head], kind }];
  const heads = [...(alike.heads ?? []), head].sort((a, b) => a - b);
  const joined = { ...alike, heads: heads.length === numHeads ? null : heads };
  return left.map((act) => (act === alike ? joined : act));
}

/**
 * @param {HeadAct} act
 * @param {number} head
 * @param {number} numHeads
 * @returns {HeadAct[]}
 */
function without(act, head, numHeads) {
  const heads = (act.heads ?? Array.from({ length: numHeads }, (_, at) => at)).filter((other) => other !== head);
  return heads.length ? [{ ...act, heads }] : [];
}

/**
 * These heads off besides; what is off already stays so.
 *
 * @param {readonly Act[]} acts
 * @param {number} layer
 * @param {readonly number[]} heads
 * @param {number} numHeads of the layer
 * @returns {readonly Act[]}
 */
export function withHeadsOff(acts, layer, heads, numHeads) {
  const on = heads.filter((head) => kindOf(acts, layer, head) !== "off");
  return on.reduce((list, head) => withHead(list, layer, head, "off", numHeads), acts);
}

/**
 * As `withHead`, of all heads of a layer.
 *
 * @param {readonly Act[]} acts
 * @param {number} layer
 * @param {string} kind
 * @param {number} numHeads
 * @returns {Act[]}
 */
export function withLayer(acts, layer, kind, numHeads) {
  const before = Array.from({ length: numHeads }, (_, head) => kindOf(acts, layer, head));
  const left = acts.filter((act) => !("layer" in act) || act.layer !== layer);
  return before.every((each) => each === kind) ? left : [...left, { layer, heads: null, kind }];
}

/** @param {Act} act */
export function actName(act) {
  if ("how" in act)
    return `${patches(act.box)} ${HOWS[act.how]}${act.to ? ` with ${patches([...act.to, ...act.box.slice(2)])}` : ""}`;
  const { layer, heads, kind } = act;
  const which = heads ? `head${heads.length > 1 ? "s" : ""} ${inRanges(heads)}` : "all heads";
  return `Layer ${layer}, ${which}: ${kindName(kind)}`;
}

/** Numbers in order, three or more in a row as a range: "0–2, 5". @param {readonly number[]} heads */
export function inRanges(heads) {
  /** @type {[number, number][]} */
  const runs = [];
  for (const number of heads) {
    const last = runs.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else runs.push([number, number]);
  }
  const said = runs.map(([from, to]) => (from === to ? from : `${from}${to - from > 1 ? "–" : ", "}${to}`));
  return said.join(", ");
}

/** @param {string} kind */
export function kindName(kind) {
  if (kind in SAYS) return SAYS[kind];
  if (kind.startsWith("t")) return `${Number(kind.slice(1)) < 1 ? "sharper" : "flatter"}, temperature ${kind.slice(1)}`;
  const box = kind.replace(/^\D+/, "").split(",").map(Number);
  return `${kind.startsWith("in") ? "inside" : "outside"} ${patches(box)} only`;
}

/** @param {number[]} box */
function patches([row, col, rows, cols]) {
  return `(${row}, ${col})–(${row + rows - 1}, ${col + cols - 1})`;
}
