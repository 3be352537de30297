// The box on one of two pictures.
import { BoxInput } from "../controls/box_input.js";
import { FIRST_LINES } from "./settings.js";

/** @import { Boxed } from "../controls/box_input.js" */
/** @import { Block } from "../maths/patches.js" */
/** @import { Side } from "./side.js" */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Side} side
 */
export function boxInputOf(canvas, side) {
  const { comparison, index } = side;
  /** @param {Block} block */
  const picked = ({ row, col, ...size }) => comparison.picking?.at([row, col]) ?? { row, col, ...size };
  canvas.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !comparison.picking) return;
    event.stopImmediatePropagation();
    const [row, col] = side.placeOf(side.asking);
    comparison.picking.take(picked({ row, col, rows: 1, cols: 1 }));
  });
  /** @type {Boxed} */
  const boxed = {
    grid: () => side.data?.grid ?? null,
    draws: () => comparison.boxing || comparison.picking !== null,
    current: () => {
      const { box } = comparison.settings;
      const [row, col] = side.placeOf(side.asking);
      return box?.side === index ? box : { row, col, rows: 1, cols: 1 };
    },
    drawing: (box) => {
      comparison.drawing = box && { side: index, ...picked(box) };
      if (!box) comparison.boxing = false;
      comparison.redraw();
    },
    take: (place) => {
      if (comparison.picking) return comparison.picking.take(picked(place));
      const box = { ...place, side: index };
      const lines = comparison.settings.lines || FIRST_LINES;
      return comparison.set(comparison.data.matches === false ? { box } : { box, within: "box", lines });
    },
    escape: () => comparison.escape(),
  };
  return new BoxInput(canvas, boxed);
}
