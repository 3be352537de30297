"""Time to find the heads that attend into a box, in headless Chromium, on a page that has every layer."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from benchmarks.figure import Figure
from benchmarks.reader import chromium, explore
from tests.browser.explorer import EXPLORATION
from tests.browser.serving import DESKTOP, serve

ROUNDS = 15
BOX = [5, 12, 8, 8]
# Returns the milliseconds of both in turn, without cached rows: CLS's rows of all heads with their share in the box,
# and the query's.
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
# Returns the milliseconds until every patch outside is counted, while the page continues to draw.
COUNT = """box => new Promise(done => {
  const exploration = EXPLORATION;
  const began = performance.now();
  const look = () => (exploration.measures.boxSums.share < 1 ? setTimeout(look) : done(performance.now() - began));
  exploration.set({ box, from: "outside", measure: "box" });
  exploration.measures.valuesOf("box");
  look();
})""".replace("EXPLORATION", EXPLORATION)


def figures(short: bool = False) -> Iterator[Figure]:
    with chromium() as browser, serve() as url:
        page = browser.new_page(viewport=DESKTOP)
        explore(page, f"{url}/your_image")
        from_prefix, from_query = page.evaluate(ASK, [BOX, 1 if short else ROUNDS])
        yield Figure("Box: which heads look into it from CLS, 72 heads, 1,369 patches, median", from_prefix, 50, "ms")
        yield Figure("The same from the query, median", from_query, 50, "ms")
        counted = statistics.median(page.evaluate(COUNT, [row, *BOX[1:]]) for row in range(5, 6 if short else 12))
        yield Figure("The same from every patch outside, in slices of 8 ms, median", counted, 1500, "ms")
