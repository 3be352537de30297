"""This checkout against another one in the same run: `python -m benchmarks.beside PATH [--readers 50] [--short]`.

Both serve at once. They are measured in turns in headless Chromium, each visit in a browser without a cache. The rows
are ratios of medians, and the medians themselves. PATH: another work tree of this repository.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from benchmarks.figure import Figure
from benchmarks.line import Line
from benchmarks.load import how
from benchmarks.reader import (
    QUIET_SECONDS,
    SHORT_QUIET_SECONDS,
    chromium,
    rest,
    see_layers,
    see_maps,
    switch_off,
    timed,
    turn_to,
    warm,
)
from benchmarks.results import RESULTS, Results, commit_of
from tests.browser.serving import DESKTOP, ROOT, running

ROUNDS: Final = 5
AT_MOST: Final = 0.7
ARRIVAL_SECONDS: Final = 15.0
# The crowd runs the other checkout's own benchmark, because each version may speak to its server in another way. These
# readers upload no pictures: the measured reader would wait behind them in the queue for passes.
CROWD: Final = """
import asyncio, sys
from benchmarks import load
load.PICTURE_SECONDS = 1e9
asyncio.run(load.crowd(sys.argv[1], int(sys.argv[2]), 0, 5.0, 1e6))
"""


@dataclass(frozen=True)
class Size:
    """Numbers for one visit: page changes and switched-off heads, and the quiet seconds before each."""

    changes: int = 3
    quiet: float = QUIET_SECONDS


WHOLE, SHORT = Size(), Size(1, SHORT_QUIET_SECONDS)
Waits = dict[str, list[float]]


def figures(other: Path, readers: int = 1, short: bool = False) -> Iterator[Figure]:
    """Yield the figures. readers: readers at each server, including the measured one."""
    folders = {"here": ROOT, "there": other}
    waits: dict[str, Waits] = {name: {} for name in folders}
    with chromium() as browser, running(**how(ROOT)) as (here, _), running(**how(other)) as (there, _):
        urls = {"here": here, "there": there}
        for url in urls.values():
            warm(browser, url)
        for number in range(1 if short else ROUNDS):
            for name in list(urls)[:: -1 if number % 2 else 1]:
                with crowded(folders[name], urls[name], readers - 1), Line(urls[name]) as line:
                    for what, seconds in visit(browser, line, number, SHORT if short else WHOLE):
                        waits[name].setdefault(what, []).append(seconds)
    beside = f"beside {readers - 1} readers" if readers > 1 else "one reader"
    for what in waits["here"]:
        medians = {name: statistics.median(waits[name][what]) for name in folders}
        yield Figure(f"{what}, {beside}: here / there", medians["here"] / medians["there"], AT_MOST)
        for name, median in medians.items():
            yield Figure(f"{what}, {beside}: {name}, median", 1000 * median, unit="ms")


def visit(browser: Browser, line: Line, number: int, size: Size) -> Iterator[tuple[str, float]]:
    """Yield names and seconds, several for some names. number: of the visit. Each visit switches off other heads."""
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    page.goto(f"{line.url}/your_image")
    see_maps(page, "your_image")
    see_layers(page)
    rest(page, line, size.quiet)
    yield "First visit to Compare", timed(lambda: turn_to(page, "compare"))
    for _ in range(size.changes):
        for name in ("your_image", "compare"):
            rest(page, line, size.quiet)
            yield "Page change", timed(lambda name=name: turn_to(page, name))
    rest(page, line, size.quiet)
    turn_to(page, "what_if")
    for change in range(size.changes):
        rest(page, line, size.quiet)
        head = ((1 + 4 * change + number) % 8, number % 6)
        yield "Head off → changed map", timed(lambda head=head: switch_off(page, *head))
    context.close()


@contextmanager
def crowded(folder: Path, url: str, readers: int) -> Iterator[None]:
    """Keep this many readers at the server. They have arrived when the block begins."""
    if not readers:
        yield
        return
    crowd = subprocess.Popen([sys.executable, "-c", CROWD, url, str(readers)], cwd=folder)
    time.sleep(ARRIVAL_SECONDS)
    try:
        if crowd.poll() is not None:
            raise RuntimeError("the other readers have left")
        yield
    finally:
        crowd.terminate()
        crowd.wait()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.beside", description=__doc__)
    parser.add_argument("other", type=Path, metavar="PATH")
    parser.add_argument("--readers", type=int, default=1, help="at each server while it is measured")
    parser.add_argument("--short", action="store_true", help="one round: whether it still runs")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the file that rows are added to")
    asked = parser.parse_args()
    results = Results(asked.results, asked.short, f"{commit_of()} beside {commit_of(asked.other)}")
    rows = list(results.keep("beside", figures(asked.other.resolve(), asked.readers, asked.short)))
    return int(not asked.short and any(figure.is_over() for figure in rows))


if __name__ == "__main__":
    sys.exit(main())
