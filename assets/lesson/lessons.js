// All lessons, by name.
import { multiHeadLesson } from "./heads.js";
import { queriesKeysValues } from "./qkv.js";
import { selfAttention } from "./self_attention.js";

/** @import { Lesson } from "./lesson_type.js" */

/** @type {Record<string, Lesson>} */
export const LESSONS = Object.fromEntries(
  [selfAttention, queriesKeysValues, multiHeadLesson].map((lesson) => [lesson.name, lesson]),
);
