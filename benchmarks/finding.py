"""Which heads look into a box, in headless Chromium, of a page on which every layer has come."""

from __future__ import annotations

from playwright.sync_api import Page, sync_playwright

from benchmarks.figure import Figure
from tests.browser.explorer import EXPLORATION
from tests.browser.serving import launch, serve

ROUNDS = 15
BOX = [5, 12, 8, 8]
# Milliseconds of both in turn, with nothing kept: CLS's rows of all heads, and what of them lies in the box; the query's.
ASK = """([box, rounds]) => {
  const exploration = EXPLORATION;
  const { measures } = exploration;
  const spent = { prefix: [], query: [] };
  for (let round = 0; round < rounds; round++) {
    for (const from of round % 2 ? ["prefix", "query"] : ["query", "prefix"]) {
      exploration.take({ box, from, measure: "box" });
      exploration.weights.forget();
      measures.forget(true);
      const began = performance.now();
      measures.valuesOf("box");
      spent[from].push(performance.now() - began);
    }
  }
  return Object.values(spent).map(times => times.sort((a, b) => a - b)[rounds >> 1]);
}""".replace("EXPLORATION", EXPLORATION)
# Milliseconds until every patch outside is counted, while the page goes on drawing.
COUNT = """box => new Promise(done => {
  const exploration = EXPLORATION;
  const began = performance.now();
  const look = () => (exploration.measures.boxSums.share < 1 ? setTimeout(look) : done(performance.now() - began));
  exploration.set({ box, from: "outside", measure: "box" });
  exploration.measures.valuesOf("box");
  look();
})""".replace("EXPLORATION", EXPLORATION)


def figures(page: Page) -> list[Figure]:
    what = "72 heads, 1,369 patches"
    from_prefix, from_query = page.evaluate(ASK, [BOX, ROUNDS])
    counted = sorted(page.evaluate(COUNT, [row, *BOX[1:]]) for row in range(5, 12))[3]
    page.evaluate(f"{EXPLORATION}.set({{ box: null, measure: 'standing' }})")
    return [
        Figure(f"Box: which heads look into it from CLS, {what}, median", from_prefix, 50, "ms"),
        Figure("The same from the query, median", from_query, 50, "ms"),
        Figure("The same from every patch outside, in slices of 8 ms, median", counted, 1500, "ms"),
    ]


if __name__ == "__main__":
    from benchmarks.browser import explored

    with sync_playwright() as playwright, serve() as url:
        print(*(figure.row() for figure in figures(explored(launch(playwright), f"{url}/your_image"))), sep="\n")
