// The kinds of data that a figure can request: the id in the page's store, and the request. Pure.

/** @import { Ask } from "../view/weights.js" */

/**
 * id: in the page's store. kind, body: of the request. entry: what the store keeps beside what the answer says.
 *
 * @typedef {object} Wanted
 * @property {string} id
 * @property {string} kind
 * @property {Record<string, unknown>} body
 * @property {Record<string, unknown>} entry
 */

/** @typedef {{ recording: string, layers?: readonly { recording?: string }[] }} Of */

/** @param {string} id @returns {Wanted} */
export function pictureWanted(id) {
  return { id, kind: "picture", body: {}, entry: { kind: "picture" } };
}

/** @param {Of} data @param {number} layer */
export function recordId(data, layer) {
  return `record:${recordingOf(data, layer)}/${layer}`;
}

/** The recording that a layer is named after. A layer that two recordings share has one name. @param {Of} data @param {number} layer */
export function recordingOf({ recording, layers }, layer) {
  return layers?.[layer]?.recording ?? recording;
}

/** A layer's queries and keys. @param {Of} data @param {number} layer @returns {Wanted} */
export function layerWanted(data, layer) {
  const entry = { kind: "record", recording: recordingOf(data, layer) };
  return { id: recordId(data, layer), kind: "layer", body: { layer }, entry };
}

/**
 * One token's exact weights in a layer. refines: true if the browser has computed them already, from
 * queries and keys in 16 bits.
 *
 * @param {Of} data
 * @param {number} layer
 * @param {Ask} ask
 * @param {boolean} [refines]
 * @returns {Wanted}
 */
export function rowsWanted({ recording }, layer, { token, direction, temperature }, refines) {
  const id = `rows:${recording}/${layer}/${token}/${direction}/${temperature}`;
  return { id, kind: "rows", body: { layer, token, direction, temperature, refines }, entry: { kind: "rows", token } };
}

/**
 * A token's row through all layers, by the method that is the depth.
 *
 * @param {Of} data
 * @param {{ depth: string, fusion: string, discard: number }} how
 * @param {number} token
 * @param {boolean} withoutOutliers
 * @returns {Wanted}
 */
export function throughWanted({ recording }, { depth, fusion, discard }, token, withoutOutliers = false) {
  const body = { token, fusion, discard, withoutOutliers };
  const id = `${depth}:${recording}/${token}/${fusion}/${discard}${withoutOutliers ? "/without" : ""}`;
  return { id, kind: depth, body, entry: { kind: "rows", token } };
}

/** A layer's weights by head, pooled where there are many. @param {Of} data @param {number} layer @param {number} temperature @returns {Wanted} */
export function matrixWanted({ recording }, layer, temperature) {
  const entry = { kind: "matrix", recording };
  return { id: `matrix:${recording}/${layer}/${temperature}`, kind: "matrix", body: { layer, temperature }, entry };
}

/** One head as it was recorded; query: -1 where all have the same bias. @param {Of} data @param {{ layer: number, head: number, query: number }} body @returns {Wanted} */
export function headWanted({ recording }, { layer, head, query }) {
  const id = `head:${recording}/${layer}/${head}/${query}`;
  return { id, kind: "head", body: { layer, head, query }, entry: { kind: "head" } };
}

/** How far the blocks move tokens. @param {Of} data @returns {Wanted} */
export function movesWanted({ recording }) {
  return { id: `moves:${recording}`, kind: "moves", body: {}, entry: { kind: "moves" } };
}

/** Numbers of all heads over all queries. @param {Of} data @param {"statistics" | "contributions"} kind @returns {Wanted} */
export function numbersWanted({ recording }, kind) {
  return { id: `${kind}:${recording}`, kind, body: {}, entry: { kind } };
}

/** How alike all heads are to one. @param {Of} data @param {{ layer: number, head: number }} like @returns {Wanted} */
export function likenessWanted({ recording }, { layer, head }) {
  const id = `likeness:${recording}/${layer}.${head}`;
  return { id, kind: "likeness", body: { layer, head }, entry: { kind: "likeness" } };
}

/** The features of a layer's patches. @param {Of} data @param {number} layer @param {string} kind @returns {Wanted} */
export function featuresWanted(data, layer, kind) {
  const recording = recordingOf(data, layer);
  const entry = { kind: "features", recording };
  return { id: `features:${recording}/${layer}/${kind}`, kind: "features", body: { layer, kind }, entry };
}
