// What is said of a weight, in words and numbers.
import { element, letter, numberSpan } from "../shared/elements.js";
import { formatNumber } from "../shared/numbers.js";
import { signed } from "./chart.js";

/** @import { Explained } from "./explained.js" */
/** @import { Pair } from "./pair.js" */
/** @import { Against } from "./terms.js" */

/** Of an exponent, so that what it gives can be checked by hand. */
const DIGITS = 5;

/** @param {number} value @param {string} name */
const number = (value, name) => numberSpan(value, name, formatNumber(value, "readout"));
/** @param {number} value @param {string} name */
const signedNumber = (value, name) => numberSpan(value, name, signed(value));

/** What the reader can do. @param {Pair} pair */
export function hintOf(pair) {
  const finger = globalThis.matchMedia?.("(pointer: coarse)").matches;
  const click = finger ? "Tap" : "Click";
  const other = pair.incoming ? "query" : "key";
  if (pair.held !== null) return `${click} the ${other} again to let it go; another patch to take that.`;
  if (pair.chosen) return `Now point at a ${other}; a ${click.toLowerCase()} holds it.`;
  return `${click} a patch to pin it. Then point at what it ${pair.incoming ? "is looked at by" : "looks at"}.`;
}

/**
 * The channel that is pointed at, or the largest.
 *
 * @param {Explained} found
 * @param {number | null} channel
 */
export function channelSays(found, channel) {
  const { q, k, other, terms, largest, sum } = found;
  if (channel === null) {
    const made = largest.reduce((total, each) => total + terms[each], 0);
    const named = largest.flatMap((each) => [element("span", "channel", String(each)), signedNumber(terms[each], "term"), " "]);
    const whole = signedNumber(sum, "whole");
    return [`Largest of ${terms.length} dimensions: `, ...named, "together ", signedNumber(made, "together"), " of ", whole];
  }
  const key = other ? [" × (", signedNumber(k[channel], "of-k"), " − ", signedNumber(other[channel], "of-other"), ")"] : [" × ", signedNumber(k[channel], "of-k")]; // prettier-ignore
  return [`Dimension ${channel}: `, signedNumber(q[channel], "of-q"), ...key, " = ", signedNumber(terms[channel], "of-term")];
}

/**
 * From the terms to the weight.
 *
 * @param {Explained} found
 * @param {Against} against
 * @param {number} temperature
 */
export function sumOfWords({ sum, scale, bias, scores, weights, key }, against, temperature) {
  const made = [signedNumber(sum, "sum"), " × scale ", number(scale, "scale"), " = "];
  if (against !== "alone")
    return [`Σ q · (k − ${against}) = `, ...made, signedNumber(sum * scale, "score"), " of score more than it"];
  const parts = ["Σ q · k = ", ...made];
  if (bias) parts.push(signedNumber(sum * scale, "unbiased"), " + bias ", signedNumber(bias, "bias"), " = ");
  parts.push("score ", number(scores[key], "score"));
  if (temperature !== 1) parts.push(` ÷ temperature ${temperature}`);
  return [...parts, " → softmax → ", letter("w", "w"), " ", number(weights[key], "weight")];
}

/**
 * Where queries and keys are turned by their positions: what of the score is what they hold, and what is how they lie.
 *
 * @param {Explained} found
 */
export function splitOf({ content, scores, key, bias }) {
  if (content === null) return [];
  const parts = [
    "Of the score, content makes ",
    signedNumber(content, "content"),
    ", as if both lay in one place; that they lie apart adds ",
  ];
  return [...parts, signedNumber(scores[key] - bias - content, "position"), " (rotary positions)."];
}

/**
 * @param {Explained} found
 * @param {Against} against
 */
export function meansOf({ bias }, against) {
  if (against === "mean")
    return "What all keys have alike moves no weight: the softmax sees differences. The line on k is the mean of all keys.";
  if (against === "rival") return `The line on k is the rival's key.${bias ? " The bias of the two is not in it." : ""}`;
  return "Orange raises the score, grey lowers it. q and k are as the softmax gets them, after norms and rotations.";
}

/**
 * Against whom it won or lost.
 *
 * @param {Pair} pair
 * @param {Explained} found
 * @param {number} temperature
 */
export function beatsOf(pair, { scores, weights, strongest, rank, key }, temperature) {
  const first = strongest[0] === key;
  const rival = first ? strongest[1] : strongest[0];
  const even = numberSpan(weights[key] * weights.length, "times", formatNumber(weights[key] * weights.length, "short"));
  const tail = [
    "An even head would give each key 1 of ",
    weights.length.toLocaleString("en"),
    "; this is ",
    even,
    " times that.",
  ];
  if (rival === undefined) return tail;
  const apart = Math.abs(scores[key] - scores[rival]);
  const times = Math.exp(apart / temperature);
  const power = [
    "e",
    sup((apart / temperature).toPrecision(DIGITS)),
    " = ",
    numberSpan(times, "ratio", formatNumber(times, "short")),
  ];
  const margin = numberSpan(apart, "margin", apart.toPrecision(DIGITS));
  const name = pair.nameOf(rival);
  if (first) return [`It wins: `, margin, ` of score more than ${name} is `, ...power, " times the weight. ", ...tail];
  const place = `Number ${(rank + 1).toLocaleString("en")}. `;
  return [`${place}${name}, the strongest, has `, margin, " of score more: ", ...power, " times the weight. ", ...tail];
}

/** @param {string} text */
function sup(text) {
  return Object.assign(document.createElement("sup"), { textContent: text });
}

/**
 * For screen readers.
 *
 * @param {Pair} pair
 * @param {Explained} found
 */
export function told(pair, { weights, scores, rank, key, largest }) {
  const [weight, score] = [weights[key], scores[key]].map((value) => formatNumber(value, "readout"));
  return `Query ${pair.nameOf(pair.query)}, key ${pair.nameOf(key)}, head ${pair.head}: score ${score}, weight ${weight}, number ${rank + 1} of ${scores.length}. Largest dimensions ${largest.slice(0, 3).join(", ")}.`;
}
