// Settings of a new comparison.

/** @import { Settings } from "../../assets/compare/settings.js" */

/** @type {Settings} */
export const DEFAULTS = {
  show: "similarity",
  layers: [11, 11],
  locked: true,
  kind: "features",
  clean: "as-is",
  asks: "match",
  pin: null,
  box: null,
  lines: 0,
  mutual: true,
  ratio: 1,
  within: "all",
  component: "rgb",
  foreground: "off",
  k: 5,
  difference: false,
  heads: null,
  combine: "mean",
  opacity: 0.65,
  scale: "balanced",
  scales: "one",
  map: "inferno",
};
