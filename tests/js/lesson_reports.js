// Reports of the lessons to Python, for test_lessons.py.
import { LESSONS } from "../../assets/lesson/lessons.js";
import { writeLink } from "../../assets/lesson/link.js";
import { plainText } from "../../assets/lesson/parts.js";
import { LessonState } from "../../assets/lesson/state.js";

/**
 * @param {string} lesson
 * @param {string[]} links as query strings
 */
export function reports(lesson, links) {
  const { terms, show } = LESSONS[lesson];
  return links.map((link) => {
    const { report, blocks } = show(new LessonState(terms, link));
    return { report, blocks: blocks.length };
  });
}

/**
 * Return what Python does not see: the data of the figure, the tables, and the sentences as text.
 *
 * @param {string} lesson
 * @param {string} link as a query string
 */
export function page(lesson, link) {
  const { terms, show } = LESSONS[lesson];
  const state = new LessonState(terms, link);
  const { data, done, blocks, steps, matrices } = show(state);
  /** @type {Record<string, import("../../assets/lesson/state.js").Rows>} */
  const tables = {};
  /** @type {Record<string, { text: string, numbers: number[] }>} */
  const says = {};
  for (const block of blocks) {
    if (block.kind === "table") tables[block.key] = block.values;
    if (block.kind === "sentence") says[block.key] = { text: plainText(block.says), numbers: numbersOf(block.says) };
    if (block.kind === "rows")
      says[block.key] = { text: "", numbers: block.lines.flatMap(({ cells }) => cells.flatMap(numbersOf)) };
  }
  const narration = steps.filter(({ skip }) => !skip).map((step) => plainText(step.says));
  return { data, done, tables, says, narration, link: writeLink(state, matrices, "https://regard.test/").link };
}

/**
 * Return the sentences at many links, with the numbers that they describe.
 *
 * @param {string} lesson
 * @param {string[]} links as query strings
 */
export function pages(lesson, links) {
  const { terms, show } = LESSONS[lesson];
  return links.map((link) => {
    const state = new LessonState(terms, link);
    const { data, report, blocks, steps, choice, done } = show(state);
    /** @type {Record<string, string>} */
    const says = {};
    for (const block of blocks) if (block.kind === "sentence") says[block.key] = plainText(block.says);
    const narration = Object.fromEntries(steps.map(({ title, skip, says: parts }) => [title, skip ? null : plainText(parts)]));
    const leads = steps.filter(({ skip, lead }) => !skip && lead).map(({ title }) => title);
    const { heads: all } = /** @type {{ heads?: { weights: number[][] }[] }} */ (data);
    const heads = all?.map(({ weights }) => weights);
    return { ...report, names: data.names.x, row: choice.row, weights: heads ?? report.weights, says, narration, leads, done };
  });
}

/** @param {readonly import("../../assets/lesson/parts.js").Part[]} parts */
const numbersOf = (parts) => parts.flatMap((part) => (typeof part === "object" && "number" in part ? [part.number] : []));
