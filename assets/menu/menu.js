// What belongs to every page: how its menu closes, and what Back does. Set up once for a browser tab.
import { backLeavesPage, closeMenuOnceChosen } from "../shared/streamlit_workarounds.js";

let listens = false;

export default function () {
  if (listens) return;
  listens = true;
  closeMenuOnceChosen();
  backLeavesPage();
}
