// Prints the comments and the strings of JavaScript files as JSON: [{ file, line, kind: "comment" | "text", text }, …].
import { readFileSync } from "node:fs";
import process from "node:process";
import { parse } from "espree";

/** @typedef {{ type: string, value: string, loc: { start: { line: number } }, quasis?: any[], [key: string]: any }} Node */

/** Return the text of a template, with `{}` in place of each expression. @param {Node} template */
const textOf = (template) => template.quasis?.map((part) => part.value.cooked).join("{}") ?? "";

/**
 * Call `visit` with the node and all nodes below it.
 * @param {any} node
 * @param {(node: Node) => void} visit
 */
function walk(node, visit) {
  if (Array.isArray(node)) node.forEach((child) => walk(child, visit));
  if (typeof node?.type !== "string") return;
  visit(node);
  if (node.type === "ImportDeclaration") return;
  for (const [name, child] of Object.entries(node)) if (typeof child === "object" && name !== "comments") walk(child, visit);
}

/** @param {string} file */
function sentencesOf(file) {
  const program = parse(readFileSync(file, "utf8"), { ecmaVersion: "latest", sourceType: "module", loc: true, comment: true });
  const sentences = program.comments.map((/** @type {Node} */ { value, loc, type }) => {
    return { file, line: loc.start.line, kind: type === "Block" ? "doc" : "comment", text: value };
  });
  walk(program, (node) => {
    const text = node.type === "TemplateLiteral" ? textOf(node) : node.type === "Literal" ? node.value : "";
    if (typeof text === "string" && text) sentences.push({ file, line: node.loc.start.line, kind: "text", text });
  });
  return sentences;
}

process.stdout.write(JSON.stringify(process.argv.slice(2).flatMap(sentencesOf)));
