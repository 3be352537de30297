"""A reader of "Your image" who acts at random, and what the page must say of that, at once and in the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from playwright.sync_api import Page

from attention_core.export.map_methods import MAP_METHODS
from attention_core.export.view_settings import SETTINGS
from attention_core.measures import measures_in
from tests.browser.explorer import EXPLORATION

SIDE: Final = 12
"""Patches down and across: the middle square of every picture is cut alike, so that no pin is carried from grid to grid."""
LAYERS, HEADS = 12, 6
LINK: Final = f"your_image?square=true&across={SIDE}"
PICTURES: Final = ("Astronaut", "Cat", "Coffee", "Rocket")
TABS: Final = ("All heads", "Why this weight", "Depth and outliers", "Matrix", "How to read it")
WORDS: Final = {name: dict(setting.words) for name, setting in SETTINGS.items() if setting.words}
WORDS["measure"] |= {measure.name: measure.link_word for measure in measures_in("explorer")}
WORDS["depth"] |= {name: method.word for name, method in MAP_METHODS.items()}


@dataclass
class Reader:
    """wanted: the settings as the reader has set them, by the browser's names. done: what they did, in words."""

    page: Page
    wanted: dict[str, Any]
    chance: Random
    picture: str = PICTURES[0]
    tab: str = TABS[0]
    done: list[str] = field(default_factory=list)

    @property
    def rolled(self) -> bool:
        return bool(self.wanted["depth"] == "rollout")

    @property
    def heads(self) -> list[int] | None:
        """Those on the map; None for all."""
        heads: list[int] | None = self.wanted["heads"]
        return heads if heads and len(heads) < HEADS else None

    def do(self, number: int, acts: Mapping[Act, int]) -> None:
        """Do one of the acts, which are here by how often each is done. What the browser alone decides must be so at once."""
        act = self.chance.choices(list(acts), list(acts.values()))[0]
        if not (says := act(self)):
            return
        self.done.append(f"{number}: {says}")
        now = wanted(self.page)
        assert now == self.wanted, f"lost at once: {difference(now, self.wanted)}"

    def link(self) -> dict[str, str]:
        """The parameters that say all this."""
        defaults = self.page.evaluate(f"() => {EXPLORATION}.data.defaults")
        said = {"picture": self.picture, "tab": self.tab}
        opens = {"picture": PICTURES[0], "tab": TABS[0]}
        link = {name: value for name, value in said.items() if value != opens[name]} | {"across": str(SIDE)}
        for name, value in self.wanted.items():
            is_unsaid = value == defaults[name] or value is None or value is False
            if is_unsaid and name != "scale":  # every link names its scale
                continue
            link[name] = written(name, value)
        return link


def wanted(page: Page) -> dict[str, Any]:
    """Return the settings in the browser."""
    found: dict[str, Any] = page.evaluate(f"() => {EXPLORATION}.wanted")
    return found


def difference(now: Mapping[str, Any], then: Mapping[str, Any]) -> str:
    names = [name for name in {*now, *then} if now.get(name) != then.get(name)]
    return ", ".join(f"{name} is {now.get(name)!r} and not {then.get(name)!r}" for name in sorted(names))


def written(name: str, value: Any) -> str:
    """A setting as links have it."""
    if name == "query":
        return "CLS"
    if name in WORDS:
        return WORDS[name][value]
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"


Act = Callable[[Reader], str]
"""Acts on the page, changes `wanted`, and returns in words what was done; "" if nothing could be."""
