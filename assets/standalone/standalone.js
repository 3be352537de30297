// A page of its own with the explorer in it, as `record.show` writes it: no server, no network, one file.
import { explorationOf } from "../view/exploration.js";
import { Explorer } from "../explorer/view.js";
import { find } from "../figures/elements.js";
import { keep } from "../data/stored.js";
import { bytesOf, recordOf, taken } from "../data/decoding.js";

/** @import { ExplorerData } from "../view/exploration.js" */

/**
 * @typedef {object} PageData
 * @property {{ bytes: string, type: string }} picture bytes in base64
 * @property {Pick<ExplorerData, "alt" | "name" | "model" | "grid" | "layers" | "opening"> & { settings: ExplorerData["defaults"] }} explorer
 */

const NAME = "page"; // of the exploration, and of what it is of
/** What such a page has none of, or all of. */
const WITHOUT_SERVER = {
  key: NAME,
  linked: false,
  served: false,
  recording: NAME,
  picture: "picture",
  inBrowser: true,
  allLayers: true,
  rollout: false,
};

/** @param {Document} page */
export function open(page) {
  /** @type {PageData} */
  const { picture, explorer } = JSON.parse(taken(page, "page"));
  const data = { ...explorer, ...WITHOUT_SERVER, defaults: explorer.settings };
  keep({ id: data.picture, kind: "picture", type: picture.type, bytes: bytesOf(picture.bytes) });
  explorationOf(NAME).source = {
    fetch: async ({ body }) => {
      const arrays = recordOf(JSON.parse(taken(page, `layer-${body.layer}`)));
      return { state: "here", entry: {}, arrays };
    },
  };
  new Explorer(find(page, ".regard-explorer")).show(data);
}
