// A lesson on paper. A figure has the size of its room on the screen. A view box of that size lets the style sheet shrink it.

/**
 * Prepare figures for print, and return a function that stops this.
 *
 * @param {HTMLElement} figure
 * @param {(printing: boolean) => void} turn called when printing begins and when it ends
 */
export function fitToPaper(figure, turn) {
  /** @type {SVGSVGElement[]} */
  let drawings = [];
  const before = () => {
    drawings = [...figure.querySelectorAll("svg")].filter((svg) => !svg.hasAttribute("viewBox"));
    for (const svg of drawings) svg.setAttribute("viewBox", `0 0 ${svg.width.baseVal.value} ${svg.height.baseVal.value}`);
    turn(true);
  };
  const after = () => {
    drawings.forEach((svg) => svg.removeAttribute("viewBox"));
    turn(false);
  };
  addEventListener("beforeprint", before);
  addEventListener("afterprint", after);
  return () => {
    removeEventListener("beforeprint", before);
    removeEventListener("afterprint", after);
  };
}
