// A page of its own with the attention canvas in it, as `record.show` writes it: no server, no network, one file.
import { AttentionView } from "../canvas/view.js";
import { find, findAs } from "../shared/elements.js";
import { keep } from "../shared/stored.js";

/** @import { CanvasData } from "../canvas/canvas.js" */

/** @typedef {string} Floats float32 in base64 */

/**
 * @typedef {object} Layer
 * @property {string} name
 * @property {Floats} q
 * @property {Floats | null} k null where it is q
 * @property {number} numTokens
 * @property {number} headDim
 * @property {number} scale
 * @property {Floats | null} logSumExp null where no columns are shown
 */

/**
 * @typedef {object} PageData
 * @property {{ bytes: string, type: string }} picture bytes in base64
 * @property {Layer[]} layers
 * @property {number} opened the layer that is shown first
 * @property {Omit<CanvasData, "picture" | "record" | "logSumExp" | "file">} view
 */

/** @param {string} base64 */
const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
/** @param {Floats} base64 */
const floatsOf = (base64) => new Float32Array(bytesOf(base64).buffer);

/**
 * @param {HTMLElement} root
 * @param {PageData} page
 */
export function open(root, page) {
  keep({ id: "picture", kind: "picture", type: page.picture.type, bytes: bytesOf(page.picture.bytes) });
  const view = new AttentionView(find(root, ".regard-canvas"));
  /** @type {CanvasData} */
  const settings = { file: "attention", ...page.view, picture: "picture", record: "", logSumExp: null };
  view.setState = (name, value) => {
    if (name === "pin") Object.assign(settings, { pin: value });
    else Object.assign(settings, value === null ? { combine: "mean" } : { head: value, combine: "one" });
    view.show({ ...settings });
  };
  const choice = findAs(root, ".layers select", HTMLSelectElement);
  const isOpened = (/** @type {number} */ at) => at === page.opened;
  choice.append(...page.layers.map(({ name }, at) => new Option(name, String(at), isOpened(at), isOpened(at))));
  find(root, ".layers").hidden = page.layers.length < 2;
  const show = () => {
    Object.assign(settings, kept(page.layers[Number(choice.value || page.opened)]));
    view.show({ ...settings });
  };
  choice.addEventListener("change", show);
  show();
}

/**
 * The ids under which a layer was put into the store.
 *
 * @param {Layer} layer
 */
function kept({ name, numTokens, headDim, scale, ...arrays }) {
  const q = floatsOf(arrays.q);
  const k = arrays.k === null ? q : floatsOf(arrays.k);
  const record = `record/${name}`;
  keep({ id: record, kind: "record", q, k, numTokens, headDim, scale });
  if (arrays.logSumExp === null) return { record };
  const logSumExp = `logSumExp/${name}`;
  keep({ id: logSumExp, kind: "logSumExp", values: new Float64Array(bytesOf(arrays.logSumExp).buffer) });
  return { record, logSumExp };
}
