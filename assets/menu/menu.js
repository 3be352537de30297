// The behaviour of every page: its menu closes, Back goes one page back, and a cut line loses neither a way to another page nor a run
// of the script. Set up once for a browser tab.
import { sent } from "../controls/mounted.js";
import { isNewest } from "../streamlit/newest.js";
import { backLeavesPage } from "../streamlit/history.js";
import { closeMenuOnceChosen, menusTakeFocus } from "../streamlit/menus.js";
import { waysOutlastLine } from "../streamlit/ways.js";
import { pageIsShown } from "../streamlit/presses.js";
import { runsAreWhole } from "../streamlit/whole_runs.js";

/** @import { Mount } from "../controls/mounted.js" */

let listens = false;
/** Ask for a run of the script, by the newest mount. */
let ask = () => {};

/** @param {Mount<{ page: string }>} mount */
export default function ({ data, parentElement, setTriggerValue }) {
  ask = () => sent(setTriggerValue)("again", true);
  if (data && isNewest(parentElement, data.turn)) pageIsShown(data.page);
  if (listens) return;
  listens = true;
  closeMenuOnceChosen();
  menusTakeFocus();
  backLeavesPage();
  waysOutlastLine();
  runsAreWhole(() => ask());
}
