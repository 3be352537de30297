// Positions of the cells along a side of the matrix. The prefix tokens come first, each wide enough to be pointed at, with a gap
// before the patches. No state. All lengths have one unit.

export const LEAST = 10; // CSS px of a prefix token
export const GAP = 4;

export class Axis {
  /**
   * @param {number} prefix number of prefix tokens
   * @param {number} count of cells
   * @param {number} length
   * @param {number} unit length of a CSS px
   */
  constructor(prefix, count, length, unit = 1) {
    const gap = prefix ? GAP * unit : 0;
    const even = (length - gap) / count;
    this.prefix = prefix;
    this.count = count;
    this.first = Math.max(even, LEAST * unit);
    this.begin = prefix * this.first + gap;
    this.other = (length - this.begin) / (count - prefix);
  }

  /** Return the start of a cell. @param {number} cell */
  start(cell) {
    return cell < this.prefix ? cell * this.first : this.begin + (cell - this.prefix) * this.other;
  }

  /** @param {number} cell */
  size(cell) {
    return cell < this.prefix ? this.first : this.other;
  }

  /** Return the cell at a position; beyond the ends, the first or the last cell. @param {number} position */
  at(position) {
    const prefix = Math.floor(position / this.first);
    const cell = prefix < this.prefix ? prefix : this.prefix + Math.max(0, Math.floor((position - this.begin) / this.other));
    return Math.max(0, Math.min(this.count - 1, cell));
  }
}
