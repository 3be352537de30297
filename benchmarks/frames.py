"""Time that a page takes to draw a map, frame by frame."""

from __future__ import annotations

from playwright.sync_api import Page

from benchmarks.figure import quantile

# Times every frame callback that draws the map, also from the last pointer movement before it, and notes when the map
# was drawn.
WATCH = """() => {
  window.frames_ms = [];
  window.pointer_ms = [];
  window.drawn_at = window.moved_at = 0;
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (...args) {
    if (this.canvas.className === "map") window.drawn_at = performance.now();
    return draw.apply(this, args);
  };
  addEventListener("pointermove", () => (window.moved_at ||= performance.now()), { capture: true });
  const request = window.requestAnimationFrame;
  window.requestAnimationFrame = callback => request(now => {
    const before = window.drawn_at, start = performance.now();
    callback(now);
    if (window.drawn_at === before) return;
    const end = performance.now();
    window.frames_ms.push(end - start);
    if (window.moved_at) window.pointer_ms.push(end - window.moved_at);
    window.moved_at = 0;
  });
}"""


def p95_of(page: Page, name: str, expected: int) -> float:
    times = page.evaluate(f"() => window.{name}")
    if len(times) < expected / 2:
        raise RuntimeError(f"expected about {expected} drawn frames, received {len(times)}")
    return quantile(times, 0.95)
