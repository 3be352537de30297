// The kinds of blocks in a lesson's panel. Each kind shows a description and calls its callbacks.
import { element, findAs } from "../figures/elements.js";
import { Segments } from "../controls/segments.js";
import { writeParts } from "./parts.js";

/** @import { Buttons, Heading, Host, Lines, OneOf, Range, Sentence, Several, Switch, Whole } from "./panel_types.js" */
/** @typedef {{ root: HTMLElement, show: (block: any) => void, close?: () => void }} Shows */

let labels = 0;

/**
 * A control with its label above it.
 *
 * @param {string} className
 * @param {string} tag
 */
function labelled(className, tag = "div") {
  const root = element("div", `control ${className}`);
  const label = element("span", "label");
  label.id = `lesson-label-${++labels}`;
  const control = document.createElement(tag);
  control.setAttribute("aria-labelledby", label.id);
  root.append(label, control);
  return { root, label, control };
}

/** @param {HTMLElement} label @param {string} text such as "W_q is", written with its subscript */
function writeLabel(label, text) {
  const [first, ...rest] = text.split(" ");
  writeParts(label, first.includes("_") ? [{ name: first }, ` ${rest.join(" ")}`] : [text]);
}

/** @type {Record<string, () => Shows>} */
export const BLOCKS = {
  heading() {
    const root = element("h3");
    return { root, show: (/** @type {Heading} */ { text }) => void (root.textContent = text) };
  },

  sentence() {
    const root = element("p", "sentence");
    const show = (/** @type {Sentence} */ { says, quiet = false }) => {
      writeParts(root, says);
      root.classList.toggle("quiet", quiet);
    };
    return { root, show };
  },

  host() {
    const root = element("div");
    return { root, show: (/** @type {Host} */ { name }) => root.classList.add(name) }; // the figure adds its own class
  },

  choice() {
    const { root, label, control } = labelled("choice");
    /** @type {OneOf} */
    let now;
    const segments = new Segments(control, (name) => now.choose(name));
    const show = (/** @type {OneOf} */ block) => {
      now = block;
      writeLabel(label, block.label);
      segments.show(block.options, block.chosen);
    };
    return { root, show };
  },

  several() {
    const { root, label, control } = labelled("several");
    control.setAttribute("role", "group");
    /** @type {Several} */
    let now;
    const show = (/** @type {Several} */ block) => {
      now = block;
      label.textContent = block.label;
      while (control.children.length > block.options.length) control.lastChild?.remove();
      while (control.children.length < block.options.length) {
        const at = control.children.length;
        const button = Object.assign(element("button", "chip-button"), { type: "button" });
        button.addEventListener("click", () => now.choose(at));
        control.append(button);
      }
      [...control.children].forEach((button, at) => {
        button.textContent = block.options[at];
        button.ariaPressed = String(block.chosen[at]);
      });
    };
    return { root, show };
  },

  range() {
    const { root, label, control } = labelled("range", "input");
    const input = /** @type {HTMLInputElement} */ (control);
    const written = element("output", "range-value");
    root.append(written);
    Object.assign(input, { type: "range", min: "0", step: "1" });
    /** @type {Range} */
    let now;
    input.addEventListener("input", () => now.choose(now.options[Number(input.value)]));
    const show = (/** @type {Range} */ block) => {
      now = block;
      label.textContent = block.label;
      input.max = String(block.options.length - 1);
      input.value = String(block.options.indexOf(block.chosen));
      written.textContent = block.write ? block.write(block.chosen) : String(block.chosen);
      input.ariaValueText = written.textContent;
    };
    return { root, show };
  },

  number() {
    const { root, label, control } = labelled("whole", "input");
    const input = /** @type {HTMLInputElement} */ (control);
    Object.assign(input, { type: "number", step: "1" });
    /** @type {Whole} */
    let now;
    input.addEventListener("input", () => {
      const value = Number(input.value);
      if (input.value && Number.isInteger(value) && value >= now.low && value <= now.high) now.choose(value);
    });
    input.addEventListener("blur", () => (input.value = String(now.value)));
    const show = (/** @type {Whole} */ block) => {
      now = block;
      label.textContent = block.label;
      Object.assign(input, { min: String(block.low), max: String(block.high) });
      if (Number(input.value) !== block.value || !input.value) input.value = String(block.value);
    };
    return { root, show };
  },

  switch() {
    const root = element("label", "control switch");
    const input = Object.assign(element("input"), { type: "checkbox", role: "switch" });
    const label = element("span", "label");
    root.append(input, label);
    /** @type {Switch} */
    let now;
    input.addEventListener("change", () => now.choose(input.checked));
    const show = (/** @type {Switch} */ block) => {
      now = block;
      label.textContent = block.label;
      input.checked = block.on;
    };
    return { root, show };
  },

  buttons() {
    const root = element("div", "control buttons");
    /** @type {Buttons} */
    let now;
    const show = (/** @type {Buttons} */ block) => {
      now = block;
      block.buttons.forEach(({ label, off = false }, at) => {
        if (!root.children[at]) {
          const button = Object.assign(element("button"), { type: "button" });
          button.addEventListener("click", () => now.buttons[at].press());
          root.append(button);
        }
        Object.assign(root.children[at], { textContent: label, disabled: off });
      });
    };
    return { root, show };
  },

  rows() {
    const root = element("div", "rows-frame");
    root.innerHTML = '<table class="rows"><thead><tr></tr></thead><tbody></tbody></table>';
    const show = (/** @type {Lines} */ { head, lines }) => {
      findAs(root, "thead tr", HTMLTableRowElement).replaceChildren(...head.map((text) => cell("th", [text])));
      findAs(root, "tbody", HTMLTableSectionElement).replaceChildren(
        ...lines.map(({ cells, marked }) => {
          const row = element("tr", marked ? "marked" : "");
          row.append(...cells.map((parts) => cell("td", parts)));
          return row;
        }),
      );
    };
    return { root, show };
  },
};

/** @param {"th" | "td"} tag @param {readonly import("./parts.js").Part[]} parts */
function cell(tag, parts) {
  const node = element(tag);
  writeParts(node, parts);
  return node;
}
