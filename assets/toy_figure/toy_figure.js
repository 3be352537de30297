// The x1..xN figure of the lessons. data = { x, z, q, k, v, scores, scaled, weights, output: rows of numbers; blocked: rows of
// booleans; normalise, projected, cross, scale, names: { x, z, y }, captions, row, step, pair, steps: [{ title, text }], name, file }.
import { choosingFigure } from "../shared/choosing_figure.js";
import { ToyView } from "./view.js";

export default choosingFigure(ToyView, ".regard-toy");
