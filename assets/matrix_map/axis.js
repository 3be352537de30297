// Where the cells lie along a side of the matrix: the prefix tokens first, each wide enough to be pointed at, slightly parted
// from the patches. Pure; all lengths in one unit.

export const LEAST = 10; // CSS px of a prefix token
export const GAP = 4;

export class Axis {
  /**
   * @param {number} prefix how many of the cells are prefix tokens
   * @param {number} count of cells
   * @param {number} length
   * @param {number} unit how much of the length a CSS px is
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

  /** Where a cell begins. @param {number} cell */
  start(cell) {
    return cell < this.prefix ? cell * this.first : this.begin + (cell - this.prefix) * this.other;
  }

  /** @param {number} cell */
  size(cell) {
    return cell < this.prefix ? this.first : this.other;
  }

  /** The cell there; beyond the ends the one at the end. @param {number} position */
  at(position) {
    const prefix = Math.floor(position / this.first);
    const found = prefix < this.prefix ? prefix : this.prefix + Math.max(0, Math.floor((position - this.begin) / this.other));
    return Math.max(0, Math.min(this.count - 1, found));
  }
}
