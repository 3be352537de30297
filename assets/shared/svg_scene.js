// Drawing primitives over SVG: cells with numbers, labels, wires, brackets. They know nothing of what is drawn.
// A scene is drawn again and again: what has the same key moves to its new place, what is no longer drawn fades away.
import { shortNumber } from "./numbers.js";

const SVG_NS = "http://www.w3.org/2000/svg";
const FADE_MS = 450;

export class Scene {
  constructor(svg) {
    this.items = new Map();
    this.over = svgElement("g");
    this.under = svgElement("g"); // wires lie below everything, whenever they come
    svg.append(this.under, this.over);
  }

  /** Draw anew: everything that draw() does not ask for again leaves. */
  draw(draw) {
    this.asked = new Set();
    draw();
    for (const [key, node] of this.items) if (!this.asked.has(key)) this.remove(key, node);
  }

  /** The group of this key at (x, y); made by build() the first time, starting from `from` so that it can move from there. */
  place(key, { x = 0, y = 0, opacity = 1, from = null, className = "", layer = this.over }, build) {
    let node = this.items.get(key);
    if (!node) {
      node = svgElement("g");
      build(node);
      this.items.set(key, node);
      layer.append(node);
      setPlace(node, from ?? { x, y }, from ? (from.opacity ?? opacity) : 0);
      node.getBoundingClientRect(); // lets the browser see the first place, so that the second is a movement
    }
    this.asked.add(key);
    node.setAttribute("class", className);
    setPlace(node, { x, y }, opacity);
    return node;
  }

  remove(key, node) {
    this.items.delete(key);
    node.style.opacity = 0;
    for (const each of [node, ...node.querySelectorAll("[data-value]")]) each.removeAttribute("data-value"); // on its way out it says nothing
    setTimeout(() => node.remove(), FADE_MS);
  }
}

export function svgElement(name, attributes = {}) {
  const node = document.createElementNS(SVG_NS, name);
  setAttributes(node, attributes);
  return node;
}

export function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) node.removeAttribute(name);
    else node.setAttribute(name, value);
  }
}

/** A box with a number in it. share in [-1, 1] sets the tint of the role's colour; text replaces the number's short form.
 *  name: the data-name by which the number is found; null where the cell is a mere copy of another. */
export function drawCell(scene, key, { width, height, value, share = 0, role, text, blocked = false, className = "", name = key, ...place }) {
  const node = scene.place(key, { ...place, className: `cell ${role} ${blocked ? "blocked" : ""} ${className}` }, (group) => {
    group.append(svgElement("rect", { rx: 3 }), svgElement("text", { "text-anchor": "middle", "dominant-baseline": "central" }));
  });
  const [box, number] = node.children;
  setAttributes(box, { width, height });
  box.style.fillOpacity = 0.06 + 0.4 * Math.min(1, Math.abs(share));
  setAttributes(number, { x: width / 2, y: height / 2 + 0.5 });
  number.textContent = text ?? shortNumber(value);
  number.style.fontSize = `${Math.min(12.5, height * 0.62, (width * 1.62) / number.textContent.length)}px`;
  if (name === null) return node;
  node.dataset.name = name;
  node.dataset.value = String(value);
  return node;
}

/** A column of cells, top to bottom; keys are key/0, key/1, …, and so are their data-names after `prefix`. Returns the cells. */
export function drawColumn(scene, key, { x, y, width, height, values, largest, from = null, prefix = key, ...rest }) {
  return values.map((value, i) =>
    drawCell(scene, `${key}/${i}`, {
      ...rest,
      name: prefix === null ? null : `${prefix}/${i}`,
      width,
      height,
      value,
      x,
      y: y + i * height,
      share: largest > 0 ? value / largest : 0,
      from: from && { ...from, y: from.y + i * height },
    }),
  );
}

export function drawLabel(scene, key, { text, anchor = "middle", className = "", ...place }) {
  const node = scene.place(key, { ...place, className: `label ${className}` }, (group) =>
    group.append(svgElement("text", { "text-anchor": anchor, "dominant-baseline": "central" })),
  );
  writeName(node.firstChild, text);
  return node;
}

/** A curve between two points, leaving and arriving upright. */
export function drawWire(scene, key, { from: start, to, className = "", opacity = 1, width = 1.5 }) {
  const node = scene.place(key, { opacity, className: `wire ${className}`, layer: scene.under }, (group) => group.append(svgElement("path")));
  const bend = (to.y - start.y) / 2;
  setAttributes(node.firstChild, {
    d: `M ${start.x} ${start.y} C ${start.x} ${start.y + bend}, ${to.x} ${to.y - bend}, ${to.x} ${to.y}`,
    "stroke-width": width,
  });
  return node;
}

/** Text in which _ begins a subscript that lasts to the next space or operator: "w_31·x_1". */
export function writeName(node, text) {
  if (node.dataset.text === text) return;
  node.dataset.text = text;
  node.replaceChildren();
  for (const [, plain, low] of text.matchAll(/([^_]+)|_([^\s·=()+]+)/g)) {
    const part = svgElement("tspan", low ? { dy: 3, "font-size": "78%" } : {});
    part.textContent = low ?? plain;
    if (!low && node.lastChild?.hasAttribute("font-size")) part.setAttribute("dy", -3);
    node.append(part);
  }
}

function setPlace(node, { x, y }, opacity) {
  node.style.transform = `translate(${x}px, ${y}px)`;
  node.style.opacity = opacity;
}
