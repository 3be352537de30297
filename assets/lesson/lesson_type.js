// The types of a lesson: its link parameters, and everything that it shows for the reader's settings.

/** @import { Choice, Data, Plan } from "../lesson_figure/plan.js" */
/** @import { Block } from "./panel_types.js" */
/** @import { LessonState, Rows, Terms } from "./state.js" */
/** @import { Step } from "./steps.js" */

/**
 * A matrix of the figure, and the matrix behind it that the reader edits.
 *
 * @typedef {object} Cells
 * @property {string} matrix name of the edited matrix
 * @property {Rows} rows numbers of the edited matrix
 * @property {readonly number[]} [order] at each row of the figure, the row of the edited matrix
 * @property {Rows | null} [added] numbers that the figure adds to it
 */

/**
 * Vectors of width 2, which can be drawn in a plane.
 *
 * @typedef {object} InPlane
 * @property {string} title
 * @property {"x" | "k"} role
 * @property {Rows} vectors
 * @property {string[]} names
 * @property {readonly string[]} captions
 * @property {number[]} query
 * @property {string} queryName
 * @property {number[]} weights
 * @property {number[] | null} output
 * @property {string} outputName
 * @property {[string, string]} axes
 * @property {boolean} editable
 */

/**
 * @typedef {object} Shown
 * @property {Data} data as the lesson's figure takes it
 * @property {Choice} choice
 * @property {Step[]} steps
 * @property {Block[]} blocks
 * @property {() => Block[]} [paper] the blocks for print, if they differ
 * @property {readonly boolean[]} done true for each task that the current state fulfils
 * @property {Record<string, Cells>} cells by the matrix's name in the figure
 * @property {(row: number, column: number) => void} toggle
 * @property {InPlane[]} planes
 * @property {readonly string[]} matrices names of the visible matrices, which the link carries
 * @property {Record<string, any>} report the numbers that Python computes again
 */

/**
 * @typedef {object} Lesson
 * @property {string} name
 * @property {string} title
 * @property {Plan} figure
 * @property {{ page: string, title: string } | null} next
 * @property {{ do: string, hint: string, done: string }[]} tasks
 * @property {Record<string, string>} hints by word
 * @property {Terms} terms
 * @property {(state: LessonState) => Shown} show
 */
export {};
