// The x1..xN figure of the lessons.
import { mounted } from "../shared/mounted.js";
import { ToyView } from "./view.js";

/** @typedef {number[][]} Rows */

/**
 * @typedef {object} ToyData
 * @property {Rows} x
 * @property {Rows | null} z where the keys and values come from something else
 * @property {Rows} q
 * @property {Rows} k
 * @property {Rows} v
 * @property {Rows} scores
 * @property {Rows} scaled
 * @property {Rows} weights
 * @property {Rows} output
 * @property {boolean[][]} blocked
 * @property {number} scale
 * @property {boolean} normalise with softmax
 * @property {boolean} projected with columns for q, k and v
 * @property {boolean} cross with z
 * @property {{ x: string[], z: string[], y: string[] }} names "x_1", …
 * @property {string[]} captions what the vectors mean
 * @property {number} row
 * @property {number} step from 1
 * @property {number | null} pair the key that is pinned
 * @property {{ title: string, text: string }[]} steps
 * @property {string} hint
 * @property {string} places says where a vector stands, with {x} for its name
 * @property {string} name of the whole figure
 * @property {string} file the name of its files
 */

/**
 * The data with what is chosen in it, as everything here is drawn from.
 *
 * @typedef {object} Shown
 * @property {ToyData} data
 * @property {import("./layout.js").Layout} layout
 * @property {number} step
 * @property {number} row
 * @property {number | null} lit the key whose query, key and value are outlined
 * @property {number | null} pinned
 * @property {boolean} dimming whether all others step back
 */

export default mounted(ToyView, ".regard-toy", (view, { setTriggerValue }) => {
  view.send = (choice) => setTriggerValue("choice", choice);
});
