// A second, small copy of the picture, with its stage and the legend of its colours.
import { element } from "./elements.js";

/**
 * Fill its place. Called when the place first becomes visible.
 *
 * @param {HTMLElement} place
 */
export function smallPicture(place) {
  const stage = element("div", "stage");
  const picture = Object.assign(element("img", "picture"), { alt: "", draggable: false });
  const map = Object.assign(element("canvas", "map"), { tabIndex: 0 });
  map.setAttribute("role", "application");
  const [waiting, dropping] = ["waiting", "dropping"].map((name) => Object.assign(element("p", name), { hidden: true }));
  stage.append(picture, map, waiting, dropping);
  const legend = element("div", "legend");
  const gradient = Object.assign(element("canvas", "gradient"), { width: 256, height: 1, ariaHidden: "true" });
  const [low, high, name, above] = ["low", "high", "scale-name", "above"].map((of) => element("span", of));
  legend.append(low, gradient, high, name, above);
  place.replaceChildren(stage, legend);
  return place;
}
