// Under each weight an eye: open where the chosen query may look at the key, closed where a mask forbids it.
import { CLOSED_EYE, EYE_PX, OPEN_EYE } from "../shared/eye.js";
import { partsOf, setAttributes, svgElement } from "../shared/svg.js";
import { keyNames, plainName, shade } from "./trace.js";

/** @import { Scene } from "../shared/svg_scene.js" */
/** @import { Shown } from "./data.js" */

/**
 * @param {Scene} scene
 * @param {Shown} shown
 */
export function drawEyes(scene, shown) {
  const { data, layout, row } = shown;
  const { columnWidth: width, eyeHeight: height } = layout;
  data.blocked[row].forEach((blocked, j) => {
    const at = { x: layout.columnLeft(j), y: layout.eyeTop };
    const asked = { ...at, className: `eye ${blocked ? "closed" : "open"} ${shade(shown, j)}` };
    const node = scene.place(`eye/${j}`, asked, (group) => group.append(svgElement("rect", { rx: 3 }), svgElement("path")));
    const [area, eye] = partsOf(node);
    setAttributes(area, { width, height });
    const scale = Math.min(height / EYE_PX, (width * 0.94) / EYE_PX) * 1.15;
    setAttributes(eye, {
      d: blocked ? CLOSED_EYE : OPEN_EYE,
      transform: `translate(${width / 2} ${height / 2}) scale(${scale})`,
    });
    const label = `${plainName(data.names.x[row])} may look at ${plainName(keyNames(data)[j])}`;
    setAttributes(node, { role: "switch", "aria-checked": String(!blocked), "aria-label": label, "data-key": j });
  });
}
