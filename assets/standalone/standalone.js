// A page of its own with the attention canvas in it, as `record.show` writes it: no server, no network, one file.
import { AttentionView } from "../canvas/view.js";
import { keep } from "../shared/stored.js";

const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
const floatsOf = (base64) => new Float32Array(bytesOf(base64).buffer);

/** document: { picture: { bytes, type }, layers: [{ name, q, k, numHeads, numTokens, headDim, scale, normalisers }], opened,
 *  view } with bytes, q, k and normalisers in base64 (float32), these null where no columns are shown; view as the canvas takes it. */
export function open(root, page) {
  keep({ id: "picture", kind: "picture", type: page.picture.type, bytes: bytesOf(page.picture.bytes) });
  const view = new AttentionView(root.querySelector(".regard-canvas"));
  const settings = { file: "attention", ...page.view, picture: "picture", normalisers: null };
  view.setState = (name, value) => {
    if (name === "pin") settings.pin = value;
    else Object.assign(settings, value === null ? { combine: "mean" } : { head: value, combine: "one" });
    view.show({ ...settings });
  };
  const choice = root.querySelector(".layers select");
  page.layers.forEach((layer, at) => choice.append(new Option(layer.name, at, at === page.opened, at === page.opened)));
  choice.closest(".layers").hidden = page.layers.length < 2;
  const show = () => {
    const layer = page.layers[choice.value || page.opened];
    const q = floatsOf(layer.q);
    keep({ ...layer, id: `record/${layer.name}`, kind: "record", q, k: layer.k === null ? q : floatsOf(layer.k) });
    Object.assign(settings, { record: `record/${layer.name}` });
    if (layer.normalisers !== null) {
      settings.normalisers = `normalisers/${layer.name}`;
      keep({ id: settings.normalisers, kind: "normalisers", values: floatsOf(layer.normalisers) });
    }
    view.show({ ...settings });
  };
  choice.addEventListener("change", show);
  show();
}
