// The explorer as Streamlit mounts it.
import { mounted } from "../controls/mounted.js";
import { Explorer } from "./view.js";

export default mounted(Explorer, ".regard-explorer", (explorer, { setStateValue, setTriggerValue }) => {
  explorer.cut = (square) => setStateValue("square", square);
  explorer.renew = () => setTriggerValue("renew", true);
  explorer.toWhatIf = (parameters) => setTriggerValue("leave", parameters);
});
