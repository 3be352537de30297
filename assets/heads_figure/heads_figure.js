// The multi-head figure. data = { x, concat, output, W_0, b_0: rows of numbers (the last two may be null); contributions: rows for each
// head; heads: [{ q, k, v, scores, scaled, weights, output, W_q, …, b_v, blocked, on }]; split, names: { x }, captions, row, column,
// followed, pair, name, file }.
import { choosingFigure } from "../shared/choosing_figure.js";
import { HeadsView } from "./view.js";

export default choosingFigure(HeadsView, ".regard-heads-figure");
