"""No action on "Compare" is lost, whatever happens to the line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import pytest
import torch
from playwright.sync_api import Page

from attention_core.analysis.similarity import cosine_similarity
from tests.browser.comparison import COMPARISON, centre, grid_of, half, similarity, wait_for_comparison
from tests.browser.explorer import parameters
from tests.browser.faulty_line import FaultyLine
from tests.browser.test_compare import COARSE, features
from tests.browser.under_faults import ON_MAP, SEED, TRIAL_MS, lose_nothing
from tests.browser.waiting import rest

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]
PICTURES: Final = ("astronaut", "cat")
LAYERS: Final = 12
OPENING: Final = [11, 11]
SHOWS: Final = {"similarity": "Similarity", "attention": "Attention", "both": "Both", "pca": "PCA", "segments": "Segments"}
SETTLED: Final = f"() => {COMPARISON}.shown().similarity.every((each) => each)"


@dataclass
class Comparing:
    """A reader of both pictures, whose layers are chosen apart. pin: side, row and column."""

    page: Page
    chance: Random
    done: list[str] = field(default_factory=list)
    layers: list[int] = field(default_factory=lambda: [*OPENING])
    show: str = "similarity"
    pin: tuple[int, int, int] | None = None

    def act(self, number: int) -> None:
        says = self.chance.choices([self.choose_layer, self.choose_what, self.choose_patch, self.release], [6, 4, 6, 1])[0]()
        self.done.append(f"{number}: {says}")
        wanted: dict[str, Any] = self.page.evaluate(f"() => {COMPARISON}.wanted")
        pin = wanted["pin"] and (wanted["pin"]["side"], wanted["pin"]["row"], wanted["pin"]["col"])
        now, then = (wanted["layers"], wanted["show"], pin), (self.layers, self.show, self.pin)
        assert now == then, f"lost at once: {now} and not {then}"

    def choose_layer(self) -> str:
        side, layer = self.chance.randrange(2), self.chance.randrange(LAYERS)
        half(self.page, side).get_by_role("radio", name=f"Layer {layer}", exact=True).click(timeout=TRIAL_MS)
        self.layers = [layer if at == side else each for at, each in enumerate(self.layers)]
        return f"layer {layer} of side {side}"

    def choose_what(self) -> str:
        self.show = self.chance.choice(["similarity", *SHOWS])
        self.page.locator(".regard-compare .shows").get_by_text(SHOWS[self.show], exact=True).click(timeout=TRIAL_MS)
        return self.show

    def choose_patch(self) -> str:
        side = self.chance.randrange(2)
        rows, cols = grid_of(self.page, side)
        place = (side, self.chance.randrange(rows), self.chance.randrange(cols))
        self.page.mouse.move(*centre(self.page, *place))
        rest(self.page, 50)  # in which what was chosen before may move the page
        at = centre(self.page, *place)
        if not self.page.evaluate(ON_MAP, at):
            return "nothing"
        self.page.mouse.click(*at)
        if centre(self.page, *place) != at:  # the page moved under the pointer: wherever that came down
            pin = self.page.evaluate(f"() => {COMPARISON}.wanted.pin")
            self.pin = pin and (pin["side"], pin["row"], pin["col"])
        else:
            self.pin = None if self.pin == place else place
        return f"pin {place}"

    def release(self) -> str:
        half(self.page, 0).locator(".map").focus()
        if self.pin is not None:
            self.page.keyboard.press("Escape")
            self.pin = None
        return "no pin"

    def amiss(self) -> str:
        link = {name: ",".join(values) for name, values in parameters(self.page).items()}
        said = {name: link.get(name) for name in ("layers", "show", "pin")}
        pin = self.pin and f"{('left', 'right')[self.pin[0]]},{self.pin[1]},{self.pin[2]}"
        layers = None if self.layers == OPENING else ",".join(map(str, self.layers))
        expected = {"layers": layers, "show": None if self.show == "similarity" else self.show, "pin": pin or None}
        if said != expected:
            return f"the link says {said} and not {expected}"
        return self.amiss_in_numbers() if self.pin and self.show == "similarity" else ""

    def amiss_in_numbers(self) -> str:
        if self.pin is None or not self.page.evaluate(SETTLED):
            return "its numbers have not come"
        side, row, col = self.pin
        of = [features(name, layer) for name, layer in zip(PICTURES, self.layers, strict=True)]
        patch = of[side][row * grid_of(self.page, side)[1] + col :][:1]
        for at, values in enumerate(of):
            if not torch.allclose(similarity(self.page, at), cosine_similarity(patch, values)[0], atol=1e-5):
                return f"side {at} shows another similarity to {self.pin}"
        return ""


def test_compare_shows_what_the_last_actions_say(open_page: Open, server: str) -> None:
    with FaultyLine(server, SEED) as line:
        page = open_page(f"{line.url}/compare?{COARSE}&locked=false", may_miss_server=True, reduced_motion="reduce")
        wait_for_comparison(page)
        lose_nothing(Comparing(page, Random(SEED)), line)
