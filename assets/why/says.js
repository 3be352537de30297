// What is said of a weight, in words and numbers.
import { element, letter, numberSpan } from "../figures/elements.js";
import { fixed, formatNumber } from "../figures/numbers.js";
import { signed } from "./chart.js";

/** @import { Explained } from "./explained.js" */
/** @import { Pair } from "./pair.js" */

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
 * From the terms to the weight, or to how much more weight the key gets than what it is compared with.
 *
 * @param {Pair} pair
 * @param {Explained} found
 * @param {number} temperature
 */
export function sumOfWords(pair, found, temperature) {
  const { sum, scale, bias, scores, weights, key, other, decimals } = found;
  const made = [signedNumber(sum, "sum"), " × scale ", number(scale, "scale"), " = "];
  const divided = temperature === 1 ? [] : [` ÷ temperature ${temperature}`];
  if (other) {
    const apart = ["Σ q · (k − k′) = ", ...made, signedNumber(sum * scale, "score"), ...divided];
    return [...apart, " of score: ", ...outweighs(pair, found, temperature)];
  }
  const parts = ["Σ q · k = ", ...made];
  if (bias) parts.push(signedNumber(sum * scale, "unbiased"), " + bias ", signedNumber(bias, "bias"), " = ");
  parts.push("score ", numberSpan(scores[key], "score", fixed(scores[key], decimals)), ...divided);
  return [...parts, " → softmax → ", letter("w", "w"), " ", number(weights[key], "weight")];
}

/**
 * Which of the key and what it is compared with gets more weight, and how many times as much.
 *
 * @param {Pair} pair
 * @param {Explained} found
 * @param {number} temperature
 */
function outweighs(pair, { sum, scale, bias, key, rival }, temperature) {
  const own = pair.nameOf(key);
  const other = rival === null ? "a key that is the mean of all" : pair.nameOf(rival);
  const [more, less] = sum < 0 ? [other, own] : [own, other];
  const biased = bias && rival !== null ? ", were it not for the bias" : "";
  return [`${more} gets `, ...powerOf(Math.abs(sum * scale) / temperature), ` times the weight of ${less}${biased}.`];
}

/** "e^1.234 = 3.43", so that it can be checked by hand. @param {number} exponent */
function powerOf(exponent) {
  const times = Math.exp(exponent);
  return ["e", sup(exponent.toPrecision(DIGITS)), " = ", numberSpan(times, "ratio", formatNumber(times, "short"))];
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
 * @param {Pair} pair
 * @param {Explained} found
 */
export function meansOf(pair, { bias, other, rival }) {
  if (rival !== null) {
    const biased = bias ? " The bias of the two is not in it." : "";
    return `k′, the line on k, is ${pair.nameOf(rival)}, the key with the largest score beside this one.${biased}`;
  }
  if (other)
    return "k′, the line on k, is the mean of all keys. What all have alike moves no weight: the softmax sees differences.";
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
  const power = powerOf(apart / temperature);
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
