"""No change that is made on "What if" is lost, whatever happens to the line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Final

import pytest
from playwright.sync_api import Page

from tests.browser import what_if
from tests.browser.explorer import parameters
from tests.browser.faulty_line import FaultyLine
from tests.browser.under_faults import SEED, TRIAL_MS, lose_nothing

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]
ACROSS: Final = 12
LAYERS: Final = 6
"""Heads of the first ones are clicked, so that some are clicked again."""
STALE: Final = f"() => {what_if.WHAT_IF}.stale.has(1)"


@dataclass
class Changing:
    """A reader who switches heads off and on again. off: by layer, in the order in which the layers were changed."""

    page: Page
    chance: Random
    done: list[str] = field(default_factory=list)
    off: dict[int, set[int]] = field(default_factory=dict)
    past: list[dict[int, set[int]]] = field(default_factory=list)
    future: list[dict[int, set[int]]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """As links have it."""
        written = {
            layer: "*" if len(heads) == what_if.HEADS else "+".join(map(str, sorted(heads)))
            for layer, heads in self.off.items()
        }
        return ";".join(f"{layer}.{heads}:off" for layer, heads in written.items()) or "none"

    def act(self, number: int) -> None:
        says = self.chance.choices([self.click, self.undo, self.redo, self.clear], [12, 4, 3, 1])[0]()
        self.done.append(f"{number}: {says}")
        assert (now := what_if.edits(self.page)) == self.text, f"lost at once: {now} and not {self.text}"

    def click(self) -> str:
        layer, head = self.chance.randrange(LAYERS), self.chance.randrange(what_if.HEADS)
        what_if.head(self.page, layer, head).click(timeout=TRIAL_MS)
        heads = self.off.get(layer, set()) ^ {head}
        self._remember(self.off | {layer: heads} if heads else {each: self.off[each] for each in self.off if each != layer})
        return f"{layer}.{head}"

    def clear(self) -> str:
        if self.off:
            self.page.locator(".regard-strip .clear").click(timeout=TRIAL_MS)
            self._remember({})
        return "clear"

    def undo(self) -> str:
        if self.past:
            self.page.locator(".regard-strip .undo").click(timeout=TRIAL_MS)
            self.future.append(self.off)
            self.off = self.past.pop()
        return "undo"

    def redo(self) -> str:
        if self.future:
            self.page.locator(".regard-strip .redo").click(timeout=TRIAL_MS)
            self.past.append(self.off)
            self.off = self.future.pop()
        return "redo"

    def _remember(self, off: dict[int, set[int]]) -> None:
        self.past.append(self.off)
        self.off, self.future = off, []

    def amiss(self) -> str:
        page, text = self.page, self.text
        if (now := what_if.edits(page)) != text:
            return f"lost: {now} and not {text}"
        if (link := parameters(page)["edits"]) != [text]:
            return f"the link says {link} and not {text}"
        if page.evaluate(STALE):
            return "the right side is an older one"
        moved = what_if.moved(page)
        expected = []
        if self.off:
            change = what_if.changed(text, ACROSS)
            expected = [change.cls, change.mean, float(change.patches.max())]
        return "" if moved == pytest.approx(expected, abs=1e-5) else f"it moved by {moved} and not {expected}"


def test_what_if_shows_what_the_last_changes_do(open_page: Open, server: str) -> None:
    with FaultyLine(server, SEED) as line:
        page = open_page(f"{line.url}/what_if?across={ACROSS}&edits=none", may_miss_server=True, reduced_motion="reduce")
        what_if.wait_for_pictures(page)
        lose_nothing(Changing(page, Random(SEED)), line)
