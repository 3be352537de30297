// A lesson on paper. A figure has the size of its room on the screen; a view box of that size lets the style sheet shrink it.

/**
 * Returns what ends it.
 *
 * @param {HTMLElement} figure
 * @param {(printing: boolean) => void} turn called when printing begins and when it ends
 */
export function fitToPaper(figure, turn) {
  /** @type {SVGSVGElement[]} */
  let boxed = [];
  const before = () => {
    boxed = [...figure.querySelectorAll("svg")].filter((svg) => !svg.hasAttribute("viewBox"));
    for (const svg of boxed) svg.setAttribute("viewBox", `0 0 ${svg.width.baseVal.value} ${svg.height.baseVal.value}`);
    turn(true);
  };
  const after = () => {
    boxed.forEach((svg) => svg.removeAttribute("viewBox"));
    turn(false);
  };
  addEventListener("beforeprint", before);
  addEventListener("afterprint", after);
  return () => {
    removeEventListener("beforeprint", before);
    removeEventListener("afterprint", after);
  };
}
