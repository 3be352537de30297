// Draws the items of a figure.
import { drawGrid } from "./grid.js";
import { drawBox, drawBracket, drawEye, drawLabel, drawPath } from "./shapes.js";

/** @import { GridItem } from "./grid.js" */
/** @import { Scene } from "./scene.js" */
/** @import { BoxItem, BracketItem, EyeItem, LabelItem, PathItem } from "./shapes.js" */

/** @typedef {GridItem | BoxItem | LabelItem | BracketItem | PathItem | EyeItem} Item */

/** @type {Record<Item["kind"], (scene: Scene, item: any) => void>} */
const DRAW = { grid: drawGrid, box: drawBox, label: drawLabel, bracket: drawBracket, path: drawPath, eye: drawEye };

/** @param {Scene} scene @param {readonly Item[]} items */
export function drawItems(scene, items) {
  scene.draw(() => items.forEach((item) => DRAW[item.kind](scene, item)));
}
