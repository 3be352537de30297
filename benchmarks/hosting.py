"""The server's figures for docs/hosting.md: `python -m benchmarks.hosting crowd looking soak small killed`, or some parts.

crowd: 50 readers come to a new server within 5 s. Each changes the layer every 3 s and uploads a picture every 30 s.
warm: the same at a server that somebody has used. looking: 200 readers open the page and hover. They come within 10 s,
or within 5 s. killed: 20 readers whose server is killed and started again. --before: measure the app before these
changes, for the next column. The soak takes longest: half an hour.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

from benchmarks.figure import put_between, quantile
from benchmarks.load import MEMORY, Load, checked_out, how, loaded
from benchmarks.small_host import Memory, visit, within
from benchmarks.soak import soaked
from benchmarks.visitor import Visitor
from tests.browser.serving import ROOT, SERVER, free_port, running
from tests.limited import CannotLimitError

DOCUMENT: Final = ROOT / "docs/hosting.md"
MARKS: Final = ("<!-- hosting -->", "<!-- /hosting -->")
HEADS: Final = ("| Figure | Before | Now | Aim |", "|---|---|---|---|")
BEFORE: Final = "27e8ae5"
STAY_SECONDS: Final = 60.0
COME_SECONDS: Final = 5.0
KILLED: Final = 20
LIMIT: Final = 1000
SMALL: Final = {"REGARD_MEMORY": "200"}

Row = tuple[str, str, str]
"""The measured quantity, its value, and the limit."""


def crowd_at_new_server(commit: str) -> list[Row]:
    return _rows("50 active, new server", _load(commit, active=50), first="10 s")


def crowd_at_warm_server(commit: str) -> list[Row]:
    return _rows("50 active, warm server", _load(commit, active=50, warm=True), first="2 s")


def lookers(commit: str) -> list[Row]:
    """Measure arrivals within 10 s, and within 5 s.

    Two cores cannot serve all pages within 5 s, so the last readers wait for the others.
    """
    rows = list[Row]()
    for arrive in (10.0, COME_SECONDS):
        load = _load(commit, looking=200, arrive=arrive, warm=True)
        rows += _rows(f"200 looking who come within {arrive:.0f} s, warm server", load, first="2 s")
    return rows


def soak(commit: str) -> list[Row]:
    with checked_out(commit) as folder, running(**how(folder)) as (url, process):
        said = asyncio.run(soaked(url, process.pid))
    return [(f"Soak: memory, {what}", f"{memory:,.0f} MB", "") for what, memory in said]


def small_host(_: str) -> list[Row]:
    with running(SERVER, **SMALL, **MEMORY) as (url, process):
        memory = Memory(process.pid)
        asyncio.run(visit(url, memory))
    rows = list[Row]()
    with suppress(CannotLimitError):
        used = within(LIMIT, SERVER, SMALL | MEMORY)
        what = f"One person where the system allows {LIMIT:,} MB, with `REGARD_MEMORY=200`: used at most, never ended"
        rows.append((what, f"{used:,.0f} MB", f"{LIMIT:,} MB"))
    what, files = "One person with `REGARD_MEMORY=200`: memory at most", f"{memory.files:,.0f} MB"
    return [*rows, (what, f"{memory.peak:,.0f} MB; {files} of it are files that the system can drop", "1,000 MB")]


def killed(_: str) -> list[Row]:
    """Measure a restart.

    All readers have opened a page when the server is killed. They come back at once, as browsers do by themselves.
    """
    port = free_port()

    async def come(url: str, stay: bool) -> list[Visitor]:
        visitors = [Visitor(url) for _ in range(KILLED)]
        await asyncio.gather(*(visitor.enter() for visitor in visitors))
        if not stay:
            await asyncio.gather(*(visitor.leave() for visitor in visitors))
        return visitors

    with running(port=port, **MEMORY) as (url, process):
        asyncio.run(come(url, stay=True))
        process.kill()
        process.wait()
        began = time.perf_counter()
    with running(port=port, **MEMORY) as (url, _):
        asyncio.run(come(url, stay=False))
        took = time.perf_counter() - began
    return [(f"Killed under {KILLED} readers: from then to everybody's page", f"{took:.1f} s", "")]


PARTS: Final[dict[str, Callable[[str], list[Row]]]] = {
    "crowd": crowd_at_new_server,
    "warm": crowd_at_warm_server,
    "looking": lookers,
    "soak": soak,
    "small": small_host,
    "killed": killed,
}


def _load(commit: str, *, active: int = 0, looking: int = 0, arrive: float = COME_SECONDS, warm: bool = False) -> Load:
    return loaded(commit, active, looking, arrive, STAY_SECONDS, warm)


def _rows(who: str, load: Load, first: str) -> list[Row]:
    waits, rows = load.waits, list[Row]()
    if "first page" in waits:
        rows.append((f"{who}: first page, p95", f"{quantile(waits['first page'], 0.95):.1f} s", first))
    if "change" in waits:
        rows.append((f"{who}: change, p95", f"{quantile(waits['change'], 0.95):.2f} s", "0.5 s"))
    if "own picture" in waits:
        rows.append((f"{who}: own picture, median", f"{statistics.median(waits['own picture']):.0f} s", ""))
    return [
        *rows,
        (f"{who}: readers who met an error", str(len(load.errors)), "0"),
        (f"{who}: memory at most", f"{load.peak:,.0f} MB", "1,500 MB"),
        (f"{who}: memory a minute after", f"{load.after:,.0f} MB", "1,000 MB"),
    ]


def written(text: str, rows: Iterable[Row], before: bool) -> str:
    """Return the document with these rows in their column. Other rows stay, and all keep their order."""
    begin, end = MARKS
    table = text.partition(begin)[2].partition(end)[0]
    known = {cells[0]: cells[1:] for cells in map(_cells, table.strip().splitlines()[2:])}
    for what, value, aim in rows:
        old = known.get(what, ["", "", aim])
        known[what] = [value, old[1], aim] if before else [old[0], value, aim]
    lines = [*HEADS, *(f"| {' | '.join([what, *cells])} |" for what, cells in known.items())]
    return put_between(text, MARKS, "\n".join(lines))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hosting", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[])
    parser.add_argument("--before", nargs="?", const=BEFORE, default="", help=f"a commit; {BEFORE} without one")
    wanted = parser.parse_args()
    for part in wanted.parts or PARTS:
        rows = PARTS[part](wanted.before)
        print(*("| " + " | ".join(row) + " |" for row in rows), sep="\n", flush=True)
        DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8"), rows, bool(wanted.before)), "utf-8")


if __name__ == "__main__":
    main()
