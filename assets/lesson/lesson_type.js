// What a lesson is: its terms in the link, and what it shows of what the reader has set.

/** @import { Choice, Data, Plan } from "../lesson_figure/plan.js" */
/** @import { Block } from "./panel_types.js" */
/** @import { LessonState, Rows, Terms } from "./state.js" */
/** @import { Step } from "./steps.js" */

/**
 * A matrix of the figure, and how its numbers follow from the one that the reader edits.
 *
 * @typedef {object} Cells
 * @property {string} matrix its name
 * @property {Rows} rows its numbers
 * @property {readonly number[]} [order] which row of it stands where
 * @property {Rows | null} [added] what the figure shows on top of it
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
 * @property {() => Block[]} [paper] in their place where the lesson is printed
 * @property {readonly boolean[]} done of the tasks, as things stand
 * @property {Record<string, Cells>} cells by the figure's name of a matrix
 * @property {(row: number, column: number) => void} toggle
 * @property {InPlane[]} planes
 * @property {readonly string[]} matrices those on show, which the link carries
 * @property {Record<string, any>} report what Python computes again
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
