// The multi-head figure.
import { mounted } from "../shared/mounted.js";
import { HeadsView } from "./view.js";

/** @typedef {number[][]} Rows */

/**
 * @typedef {object} HeadData
 * @property {Rows} q
 * @property {Rows} k
 * @property {Rows} v
 * @property {Rows} scores
 * @property {Rows} scaled
 * @property {Rows} weights
 * @property {Rows} output
 * @property {Rows} W_q
 * @property {Rows} W_k
 * @property {Rows} W_v
 * @property {number[] | null} b_q
 * @property {number[] | null} b_k
 * @property {number[] | null} b_v
 * @property {boolean[][]} blocked
 * @property {boolean} on
 */

/**
 * @typedef {object} HeadsData
 * @property {Rows} x
 * @property {HeadData[]} heads
 * @property {Rows} concat
 * @property {Rows[]} contributions of each head to the output
 * @property {Rows} output
 * @property {Rows | null} W_0
 * @property {number[] | null} b_0
 * @property {boolean} split whether each head reads its own piece of x
 * @property {{ x: string[] }} names "x_1", …
 * @property {string[]} captions what the vectors mean
 * @property {number} row
 * @property {number} column
 * @property {number | null} followed the head
 * @property {number | null} pair the key
 * @property {string} name of the whole figure
 * @property {string} file the name of its files
 */

/**
 * The data with what is followed in it, as everything here is drawn from.
 *
 * @typedef {object} Shown
 * @property {HeadsData} data
 * @property {import("./layout.js").Layout} layout
 * @property {import("./trace.js").Trace} at
 */

export default mounted(HeadsView, ".regard-heads-figure", (view, { setTriggerValue }) => {
  view.send = (choice) => setTriggerValue("choice", choice);
});
