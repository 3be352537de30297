// A page of its own with the comparison in it, as `compare_view` writes it: no server, no network, one file.
import { SIDES } from "../view/settings.js";
import { Compare } from "../compare/view.js";
import { explorationOf } from "../view/exploration.js";
import { find } from "../figures/elements.js";
import { keep } from "../data/stored.js";
import { bytesOf, floatsOf, recordOf, taken } from "../data/decoding.js";

/** @import { CompareData, SetPicture, SideData } from "../compare/comparison.js" */
/** @import { Settings } from "../compare/settings.js" */
/** @import { Outcome } from "../data/source.js" */
/** @import { Encoded } from "../data/decoding.js" */

/** @typedef {{ id: string, kind: "matches" | "components" | "segments", k?: number, floats: Record<string, Encoded>, integers: Record<string, Encoded>, bytes: Record<string, Encoded> }} Joint */
/** @typedef {Omit<SideData, "recording" | "picture" | "inBrowser" | "rollout" | "allLayers">} PageSide */

/**
 * @typedef {object} PageData
 * @property {{ bytes: Encoded, type: string }[]} images of the set, the sides' first
 * @property {Joint[]} joint what is of several pictures
 * @property {Omit<CompareData, "key" | "linked" | "sides" | "defaults" | "pictures"> & { sides: [PageSide, PageSide], settings: Settings, pictures: Required<SetPicture>[] }} compare
 */

const NAME = "page";
/** What a side of such a page has none of, or all of. */
const WITHOUT_SERVER = { served: false, inBrowser: true, allLayers: true, rollout: false };

/** @param {Document} page */
export function open(page) {
  /** @type {PageData} */
  const { images, joint, compare } = JSON.parse(taken(page, "page"));
  images.forEach(({ bytes, type }, at) =>
    keep({ id: compare.pictures[at].picture, kind: "picture", type, bytes: bytesOf(bytes) }),
  );
  const grids = compare.pictures.map(({ rows, cols }) => [rows, cols]);
  for (const each of joint) keepJoint(each, grids);
  const sides = /** @type {[SideData, SideData]} */ (
    compare.sides.map((side, at) => {
      const { recording, picture } = compare.pictures[at];
      explorationOf(`${NAME}-${SIDES[at]}`).source = {
        fetch: async ({ kind, body }) => {
          if (kind === "features") return featuresOf(page, side, at, body);
          return { state: "here", entry: {}, arrays: recordOf(JSON.parse(taken(page, `layer-${at}-${body.layer}`))) };
        },
      };
      return { ...side, ...WITHOUT_SERVER, recording, picture };
    })
  );
  const view = new Compare(find(page, ".regard-compare"));
  view.show({
    ...compare,
    sides,
    key: NAME,
    linked: false,
    served: false,
    defaults: compare.settings,
  });
}

/**
 * What the patches of a layer are, if the page carries them.
 *
 * @param {Document} page
 * @param {PageSide} side
 * @param {number} at
 * @param {Record<string, any>} wanted
 * @returns {Outcome}
 */
function featuresOf(page, { layers }, at, { layer, kind }) {
  const text = taken(page, `features-${at}-${layer}-${kind}`);
  if (!text) return { state: "failed", says: "" };
  const { rows, cols } = layers[layer];
  const values = new Uint16Array(bytesOf(JSON.parse(text)).buffer);
  return { state: "here", entry: { dim: values.length / (rows * cols), rows, cols }, arrays: { values } };
}

/** @param {Joint} joint @param {number[][]} grids of all pictures */
function keepJoint({ id, kind, k, floats, integers, bytes }, grids) {
  const each = (/** @type {Record<string, Encoded>} */ encoded, /** @type {(base64: string) => unknown} */ decoded) =>
    Object.fromEntries(Object.entries(encoded).map(([name, base64]) => [name, decoded(base64)]));
  const arrays = {
    ...each(floats, floatsOf),
    ...each(integers, (base64) => new Int32Array(bytesOf(base64).buffer)),
    ...each(bytes, bytesOf),
  };
  keep(/** @type {import("../data/stored.js").Entry} */ (/** @type {unknown} */ ({ id, kind, k, grids, ...arrays })));
}
