// The type of a plan: the functions that turn data into a figure, its layout and its words.

/** @import { Item } from "./draw.js" */
/** @import { Mark } from "./stops.js" */

/** The reader's choice of row, head and so on; null for none. @typedef {Record<string, number | null>} Choice */

/**
 * @typedef {object} Room the space for a figure
 * @property {number} width
 * @property {number} height
 * @property {number} digits smallest size of digits
 * @property {number} [glyph] the width of a digit, as a share of its size
 */

/**
 * The data that every figure needs.
 *
 * @typedef {object} Data
 * @property {string} alt description of the whole figure
 * @property {{ x: string[] }} names "x_1", …
 * @property {string[]} captions meanings of the vectors
 * @property {boolean} editable true if the reader can edit its numbers and the mask
 */

/**
 * Each figure has its own type of `shown`: data, layout and the completed choice. All numbers and other parts of the figure
 * have names: "w/2/0".
 *
 * @typedef {object} Plan
 * @property {string} className of the figure's svg
 * @property {[role: string, says: string][]} legend
 * @property {Choice} open the choice after Escape
 * @property {(data: any) => object} shapeOf the values that the layout depends on
 * @property {(shape: any, room: Room) => { width: number, height: number, label: number }} layOut label: the size of letters
 * @property {(given: { data: any, layout: any, choice: any, preview: Choice | null }) => any} shownOf preview: the choice
 *   under the pointer; `at` of the result becomes the svg's data attributes
 * @property {(shown: any) => Item[]} itemsOf
 * @property {(shown: any, say: (name: string) => string) => Mark[]} stopsOf say: the words for a name
 * @property {(shown: any, stop: string, name: string, move: [down: number, right: number]) => Choice | null} moved the choice of an
 *   arrow key at a stop; null if it only moves the focus
 * @property {(name: string, shown: any) => Choice | null} pointed the preview under the pointer
 * @property {(name: string, shown: any) => Choice | null} clicked
 * @property {(name: string, value: number | undefined, shown: any) => string} describe "" if there is no description
 * @property {(name: string, shown: any) => string} [aside] additional text for readers without a pointer
 * @property {(data: any, matrix: string, row: number, column: number) => string} cellName name of an editable cell
 * @property {(matrix: string) => boolean} [upright] true if the figure draws rows as columns
 * @property {(name: string) => string} [sourcesOf] selector of a number's sources
 * @property {Record<string, (root: HTMLElement, shown: any) => void>} writes by the class of the element that is written
 * @property {(data: any) => string} csv
 */
export {};
