// The behaviour of every page: its menu closes, Back goes one page back, and a cut line loses no way to another page. Set up once for a
// browser tab.
import { isNewest } from "../streamlit/newest.js";
import { backLeavesPage } from "../streamlit/history.js";
import { closeMenuOnceChosen, menusTakeFocus } from "../streamlit/menus.js";
import { waysOutlastLine } from "../streamlit/ways.js";
import { pageIsShown } from "../streamlit/presses.js";

/** @import { Mount } from "../controls/mounted.js" */

let listens = false;

/** @param {Mount<{ page: string }>} mount */
export default function ({ data, parentElement }) {
  if (data && isNewest(parentElement, data.turn)) pageIsShown(data.page);
  if (listens) return;
  listens = true;
  closeMenuOnceChosen();
  menusTakeFocus();
  backLeavesPage();
  waysOutlastLine();
}
