// The box of an exploration: what is drawn over its picture, and which heads look into it.
/** @import { Boxed } from "../controls/box_input.js" */
/** @import { Block } from "../maths/patches.js" */
/** @import { Exploration } from "./exploration.js" */

/** @param {Exploration} exploration @returns {Boxed} */
export function boxedOf(exploration) {
  return {
    grid: () => (exploration.data && canBox(exploration) ? exploration.data.grid : null),
    draws: () => exploration.boxing,
    current: () => {
      const [row, col] = exploration.askingPlace ?? exploration.data.opening;
      return exploration.box ?? { row, col, rows: 1, cols: 1 };
    },
    drawing: (box) => {
      Object.assign(exploration, { drawing: box, boxing: exploration.boxing && box !== null });
      exploration.redraw();
    },
    take: (box) => takeBox(exploration, box),
    escape: () => escape(exploration),
  };
}

/** Whether there are heads that can look into one. @param {Exploration} exploration */
export function canBox({ data, settings, measures }) {
  return !data.compact && settings.depth === "layer" && measures.fits;
}

/** The heads are ranked by it. @param {Exploration} exploration @param {Block} box */
function takeBox(exploration, { row, col, rows, cols }) {
  const { measure, rising } = exploration.wanted;
  if (measure !== "box") exploration.rankedBefore = { measure, rising };
  exploration.set({ box: [row, col, rows, cols], measure: "box", rising: false });
}

/** Heads that it ranked are ranked as before. @param {Exploration} exploration */
export function removeBox(exploration) {
  const { defaults } = exploration.data;
  const before = exploration.rankedBefore ?? { measure: defaults.measure, rising: defaults.rising };
  exploration.set({ box: null, ...(exploration.wanted.measure === "box" ? before : {}) });
}

/** Let go of what was taken last: a box that is being drawn, else the pinned patch, else the box. @param {Exploration} exploration */
function escape(exploration) {
  if (exploration.boxing || exploration.drawing) {
    Object.assign(exploration, { boxing: false, drawing: null });
    exploration.redraw();
  } else if (exploration.settings.pin)
    return false; // which the picture's own keys release
  else if (exploration.box) removeBox(exploration);
  else return false;
  return true;
}
