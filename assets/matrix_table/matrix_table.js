// An editable matrix: a real table of text inputs. What was typed goes to Python as it is; Python alone accepts or refuses it.
import { mounted } from "../shared/mounted.js";
import { MatrixTable } from "./view.js";

/**
 * @typedef {object} MatrixData
 * @property {string} label
 * @property {string} role whose colour it has
 * @property {string[]} rows their names
 * @property {string[]} columns their names
 * @property {(number | string)[]} values row by row; what JSON cannot write is text
 * @property {boolean} editable
 * @property {boolean} resizable
 * @property {string} message why the last edit was refused
 * @property {number | null} marked a row
 * @property {number} edits so many came to Python
 * @property {number} answered the serial of the last one that these values know
 */

/** @typedef {{ cells: string[][], row: number, column: number, serial: number }} Edit all texts, and the cell that was edited */

export default mounted(MatrixTable, ".regard-matrix", (table, { setTriggerValue }) => {
  table.send = (edit) => setTriggerValue("edit", edit);
});
