// Helpers that create, change and fill SVG elements.

const SVG_NS = "http://www.w3.org/2000/svg";

/** @typedef {Record<string, string | number | null | undefined>} Attributes */

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} name
 * @param {Attributes} attributes
 */
export function svgElement(name, attributes = {}) {
  const node = document.createElementNS(SVG_NS, name);
  setAttributes(node, attributes);
  return node;
}

/**
 * Set attributes, and remove those with null or undefined. Unchanged ones are skipped, because setting them causes a layout.
 *
 * @param {Element} node
 * @param {Attributes} attributes
 */
export function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) node.removeAttribute(name);
    else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
  }
}

/**
 * Return the children of a group, in order.
 *
 * @param {Element} group
 */
export function partsOf(group) {
  return /** @type {Iterable<SVGElement>} */ (group.children);
}

/**
 * Write text in which _ begins a subscript, up to the next space or operator: "w_31·x_1".
 *
 * @param {SVGElement} node
 * @param {string} text
 */
export function writeName(node, text) {
  if (node.dataset.text === text) return;
  node.dataset.text = text;
  node.replaceChildren();
  for (const [, plain, low] of text.matchAll(/([^_]+)|_([^\s·=()+]+)/g)) {
    const part = svgElement("tspan", low ? { dy: 3, "font-size": "78%" } : {});
    part.textContent = low ?? plain;
    if (!low && node.lastElementChild?.hasAttribute("font-size")) part.setAttribute("dy", "-3");
    node.append(part);
  }
}
