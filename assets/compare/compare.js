// The comparison as Streamlit mounts it.
import { mounted } from "../controls/mounted.js";
import { Compare } from "./view.js";

export default mounted(Compare, ".regard-compare", (compare, { setTriggerValue }) => {
  compare.renew = () => setTriggerValue("renew", true);
});
