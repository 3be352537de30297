// Names of vectors, as large as the layout says, where there is room for them.
import { drawLabel } from "../shared/svg_scene.js";

/** @import { Scene } from "../shared/svg_scene.js" */
/** @import { Shown } from "./data.js" */

const LOW = 0.78; // a subscript's size in its name's

/** The width of a name with subscripts, in ems. @param {string} name */
export function nameEms(name) {
  const parts = name.matchAll(/([^_]+)|_([^\s·=()+]+)/g);
  return [...parts].reduce((sum, [, plain = "", low = ""]) => sum + [...plain].reduce(wider, 0) + 0.58 * LOW * low.length, 0);
}

/** @param {number} sum @param {string} letter */
const wider = (sum, letter) => sum + (/[wW]/.test(letter) ? 0.85 : letter === "·" ? 0.32 : 0.58);

/**
 * A name in its role's colour. Where all of its kind together have no room (`longest`, if it is not the longest itself), there is
 * none: its text is empty.
 *
 * @param {Scene} scene
 * @param {string} key
 * @param {Shown} shown
 * @param {{ text: string, x: number, y: number, room?: number, longest?: string, className: string }} name
 */
export function drawName(scene, key, { layout }, { text, longest = text, room = Infinity, className, ...place }) {
  const fits = nameEms(longest) * layout.nameSize <= room;
  const node = drawLabel(scene, key, { text: fits ? text : "", ...place, className: `name ${className}` });
  node.style.fontSize = `${layout.nameSize}px`;
  return node;
}
