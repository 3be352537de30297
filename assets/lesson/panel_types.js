// The blocks of a lesson's panel, as descriptions. assets/lesson/panel.js shows them from top to bottom.

/** @import { Part } from "./parts.js" */
/** @import { Rows } from "./state.js" */

/** @typedef {{ kind: "heading", text: string }} Heading */
/** @typedef {{ kind: "sentence", says: readonly Part[], quiet?: boolean }} Sentence */
/** @typedef {{ kind: "choice", label: string, options: Record<string, string>, chosen: string, choose: (name: string) => void }} OneOf */
/** @typedef {{ kind: "several", label: string, options: readonly string[], chosen: readonly boolean[], choose: (at: number) => void }} Several */
/** @typedef {{ kind: "range", label: string, options: readonly number[], chosen: number, write?: (value: number) => string, choose: (value: number) => void }} Range */
/** @typedef {{ kind: "number", label: string, low: number, high: number, value: number, choose: (value: number) => void }} Whole */
/** @typedef {{ kind: "switch", label: string, on: boolean, choose: (on: boolean) => void }} Switch */
/** @typedef {{ kind: "buttons", buttons: readonly { label: string, off?: boolean, press: () => void }[] }} Buttons */
/** @typedef {{ kind: "host", name: string }} Host a place in which a figure writes, such as its equations */
/** @typedef {{ kind: "rows", head: readonly string[], lines: readonly { cells: readonly (readonly Part[])[], marked: boolean }[] }} Lines a plain table */

/**
 * A matrix.
 *
 * @typedef {object} Table
 * @property {"table"} kind
 * @property {string} name of the matrix or of the read-only table
 * @property {string} label
 * @property {string} role
 * @property {readonly string[]} rows names of the rows
 * @property {readonly string[]} columns names of the columns
 * @property {Rows} values
 * @property {((values: Rows) => void) | null} edit null if the table is read-only
 * @property {boolean} [resizable]
 * @property {number | null} [marked] index of the marked row
 * @property {number | null} [chosen] index of the chosen column in the marked row
 * @property {boolean[][] | null} [blocked]
 * @property {(row: number, column: number) => void} [choose]
 * @property {(row: number, column: number) => void} [toggle]
 */

/** @typedef {Heading | Sentence | OneOf | Several | Range | Whole | Switch | Buttons | Host | Lines | Table} Described */
/** @typedef {{ key: string } & Described} Block `key` identifies the block from one drawing to the next */
export {};
