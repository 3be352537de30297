// Layout of the x1..xN figure in CSS px. It fills its room. Pure arithmetic.
import { nameSize } from "../lesson_figure/lettering.js";
import { acrossOf } from "./across.js";
import { upwardsOf } from "./upwards.js";

/** @import { Room } from "../lesson_figure/plan.js" */
/** @import { Shape } from "./data.js" */

/** @typedef {ReturnType<typeof layOut>} Layout */

const CAPTIONS_FROM = 36; // the height of a room with captions, in sizes of digits

/**
 * Return the places of all columns, all inside the room.
 *
 * @param {Shape} shape
 * @param {Room} room
 */
export function layOut(shape, room) {
  const { digits } = room;
  const across = acrossOf(shape, room);
  const captioned =
    shape.caption > 0 &&
    !shape.projected &&
    room.height >= CAPTIONS_FROM * digits &&
    across.pitch >= shape.caption * 0.58 * digits;
  const upwards = upwardsOf({ ...shape, captioned }, room);
  const tallest = Math.min(upwards.cellHeight * shape.headDim, room.height);
  const middle = upwards.weightTop + upwards.weightHeight / 2 - tallest / 2;
  const lowest = upwards.laneBottom - upwards.nameHeight - tallest;
  return {
    ...across,
    ...upwards,
    captioned,
    width: room.width,
    height: room.height,
    query: { x: across.laneLeft, y: Math.max(upwards.outputTop, Math.min(middle, lowest)) },
    digits: { least: digits, most: Math.max(digits, Math.min(1.25 * digits, upwards.cellHeight / 1.45)) },
    label: digits,
    nameSize: nameSize(digits),
  };
}
