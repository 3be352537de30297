// A plan makes a figure of data: it is a layout, and words.

/** @import { Item } from "./draw.js" */
/** @import { Mark } from "./stops.js" */

/** The rows, heads and so on that the reader chose; null for none. @typedef {Record<string, number | null>} Choice */

/**
 * @typedef {object} Room what a figure may fill
 * @property {number} width
 * @property {number} height
 * @property {number} digits are at least so large
 * @property {number} [glyph] the width of a digit, as a share of its size
 */

/**
 * The part of the data that every figure has.
 *
 * @typedef {object} Data
 * @property {string} alt what the figure shows, as a whole
 * @property {{ x: string[] }} names "x_1", …
 * @property {string[]} captions what the vectors mean
 * @property {boolean} editable whether its numbers and the mask can be changed in it
 */

/**
 * `Shown` is the figure's own: its data, its layout and the choice with everything filled in. Numbers, and all that can be pointed
 * at, have names: "w/2/0".
 *
 * @typedef {object} Plan
 * @property {string} className of the figure's svg
 * @property {[role: string, says: string][]} legend
 * @property {Choice} open what Escape chooses
 * @property {(data: any) => object} shapeOf all that the layout depends on
 * @property {(shape: any, room: Room) => { width: number, height: number, label: number }} layOut label: the size of letters
 * @property {(given: { data: any, layout: any, choice: any, preview: Choice | null }) => any} shownOf preview: what the pointer
 *   chooses while it is there; what is in `at` of the result stands in the svg's data attributes
 * @property {(shown: any) => Item[]} itemsOf
 * @property {(shown: any, say: (name: string) => string) => Mark[]} stopsOf say: the words for a name
 * @property {(shown: any, stop: string, name: string, move: [down: number, right: number]) => Choice | null} moved what an arrow key
 *   chooses at a stop; null where it only moves the focus
 * @property {(name: string, shown: any) => Choice | null} pointed what pointing chooses, for as long as it lasts
 * @property {(name: string, shown: any) => Choice | null} clicked
 * @property {(name: string, value: number | undefined, shown: any) => string} describe "" where there is nothing to say
 * @property {(name: string, shown: any) => string} [aside] more, for those who cannot point at what belongs to a number
 * @property {(data: any, matrix: string, row: number, column: number) => string} cellName what a cell that is edited is called
 * @property {(matrix: string) => boolean} [upright] whether the rows of a matrix stand as columns
 * @property {(name: string) => string} [sourcesOf] selector of what a number is made of
 * @property {Record<string, (root: HTMLElement, shown: any) => void>} writes by the class of the place in which it is written
 * @property {(data: any) => string} csv
 */
export {};
