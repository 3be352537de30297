// The parameters that the browser reads from a link, for tests/ui/link_parameters.py.
import { PARAMETERS as OF_ATLAS } from "../../assets/atlas/settings.js";
import { PARAMETERS as OF_COMPARISON } from "../../assets/compare/settings.js";
import { DEFAULTS, PARAMETERS } from "../../assets/view/settings.js";
import { READINGS } from "../../assets/lesson/heads_blocks.js";
import { LESSONS } from "../../assets/lesson/lessons.js";
import { SOURCES } from "../../assets/lesson/sources.js";
import { LessonState } from "../../assets/lesson/state.js";

/** A link that makes lessons show more matrices than at first. */
const OTHER = String(new URLSearchParams({ source: SOURCES.cross, reading: READINGS.project }));

/**
 * Return the names of settings and of matrices by lesson.
 *
 * @returns {Record<string, { settings: string[], matrices: string[] }>}
 */
export function ofLessons() {
  const named = Object.values(LESSONS).map(({ name, terms, show }) => {
    const matrices = ["", OTHER].flatMap((link) => show(new LessonState(terms, link)).matrices);
    return [name, { settings: Object.keys(terms.parameters), matrices: [...new Set(matrices)] }];
  });
  return Object.fromEntries(named);
}

/** Return the parameters of the page "Atlas". */
export const ofAtlas = () => OF_ATLAS;

/** Return the parameters of the explorer. */
export const ofExplorer = () => PARAMETERS;
export const defaultsOfExplorer = () => DEFAULTS;

/** Return the parameters of a comparison. */
export const ofComparison = () => OF_COMPARISON;
