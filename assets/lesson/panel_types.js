// What a lesson's panel consists of, block by block from top to bottom: descriptions that assets/lesson/panel.js shows.

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
/** @typedef {{ kind: "host", name: string }} Host where a figure writes, as its equations */
/** @typedef {{ kind: "rows", head: readonly string[], lines: readonly { cells: readonly (readonly Part[])[], marked: boolean }[] }} Lines a plain table */

/**
 * A matrix.
 *
 * @typedef {object} Table
 * @property {"table"} kind
 * @property {string} name of the matrix, or of what is only shown
 * @property {string} label
 * @property {string} role
 * @property {readonly string[]} rows their names
 * @property {readonly string[]} columns their names
 * @property {Rows} values
 * @property {((values: Rows) => void) | null} edit null where it is only shown
 * @property {boolean} [resizable]
 * @property {number | null} [marked] a row
 * @property {number | null} [chosen] a column of it
 * @property {boolean[][] | null} [blocked]
 * @property {(row: number, column: number) => void} [choose]
 * @property {(row: number, column: number) => void} [toggle]
 */

/** @typedef {Heading | Sentence | OneOf | Several | Range | Whole | Switch | Buttons | Host | Lines | Table} Described */
/** @typedef {{ key: string } & Described} Block `key` tells it apart from run to run */
export {};
