"""The settings of a picture and of a comparison, with their defaults for page, command line, live view and file alike.

assets/view/settings.json and assets/compare/settings.json describe each setting for Python and for the browser.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, field_validator

from attention_core.export.bundler import text

FILE: Final = "view/settings.json"
FILE_OF_COMPARISON: Final = "compare/settings.json"


class Setting(BaseModel):
    """One setting of the picture or of the comparison.

    Attributes:
        name: its name in the browser and its parameter in the page's link.
        python: its field in `ViewSettings`; None for the same name.
        type: a "word" out of `words`, a "number", a "whole" number, a "switch", a "place" of `lengths` whole numbers, a "sided"
            place of a comparison with its side and the whole numbers `parts`, or a "set" of whole numbers in rising order.
        default: its value until somebody sets it.
        unsaid: its value in a link that does not name it, if that is not the default. A new link always names the setting.
        says: what it is, in a sentence.
        label: the name of its control.
        words: the values of a word, with their words in the link and in the control; a list where these are the values.
        range, step: the smallest and the largest number, and the step of the control.
        lengths, least: how many numbers a place may have, and the smallest of each; `least` None for the range's.
        parts: the names of a sided place's numbers.
        of: "patches" if it counts patches of the picture, "model" if it counts parts of the model. Neither outlives another
            picture or model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    python: str | None = None
    type: Literal["word", "number", "whole", "switch", "place", "sided", "set"]
    default: Any
    unsaid: Any = None
    says: str
    label: str | None = None
    words: dict[str, str] = {}
    range: tuple[float, float] = (0, 0)
    step: float | None = None
    lengths: tuple[int, ...] = ()
    least: tuple[int, ...] | None = None
    parts: tuple[str, ...] = ()
    of: Literal["patches", "model"] | None = None

    @property
    def field(self) -> str:
        """Its name in `ViewSettings`."""
        return self.python or self.name

    @field_validator("words", mode="before")
    @classmethod
    def _by_value(cls, words: dict[str, str] | list[str]) -> dict[str, str]:
        return {word: word for word in words} if isinstance(words, list) else words


def _described(settings: dict[str, Any]) -> dict[str, Setting]:
    return {name: Setting.model_validate({"name": name, **one}) for name, one in settings.items()}


def _of_comparison(settings: dict[str, Any], shared: list[str]) -> dict[str, Setting]:
    """Return its own settings, and the picture's settings that it shares. Their words in the link are their values."""
    plain = {name: {"python": None, "words": {value: value for value in SETTINGS[name].words}} for name in shared}
    return _described(settings) | {name: SETTINGS[name].model_copy(update=update) for name, update in plain.items()}


SETTINGS: Final = _described(json.loads(text(FILE))["settings"])
"""The settings of the picture, by their names in the browser."""
OF_COMPARISON: Final = _of_comparison(**json.loads(text(FILE_OF_COMPARISON)))
"""The settings of a comparison, by their names in the browser."""
_DEFAULT: Final[dict[str, Any]] = {setting.field: setting.default for setting in SETTINGS.values()}
COMBINE: Final = tuple(SETTINGS["combine"].words)
DIRECTIONS: Final = tuple(SETTINGS["direction"].words)


@dataclass(frozen=True)
class ViewSettings:
    """The settings of a view, by default as where nothing else was asked for. `SETTINGS` says what each of them is."""

    depth: str = _DEFAULT["depth"]
    layer: int = _DEFAULT["layer"]
    heads: tuple[int, ...] | None = _DEFAULT["heads"]
    combine: str = _DEFAULT["combine"]
    fusion: str = _DEFAULT["fusion"]
    discard: float = _DEFAULT["discard"]
    query: str = _DEFAULT["query"]
    direction: str = _DEFAULT["direction"]
    temperature: float = _DEFAULT["temperature"]
    opacity: float = _DEFAULT["opacity"]
    scale: str = _DEFAULT["scale"]
    colour_map: str = _DEFAULT["colour_map"]
    grid_lines: bool = _DEFAULT["grid_lines"]
    square: bool = _DEFAULT["square"]
    pin: tuple[int, int] | None = _DEFAULT["pin"]
    box: tuple[int, int, int, int] | None = _DEFAULT["box"]
    looks_from: str = _DEFAULT["looks_from"]
    measure: str = _DEFAULT["measure"]
    over: str = _DEFAULT["over"]
    rising: bool = _DEFAULT["rising"]
    ordered: bool = _DEFAULT["ordered"]
    coloured: bool = _DEFAULT["coloured"]
    like: tuple[int, int] | None = _DEFAULT["like"]
    key: tuple[int, ...] | None = _DEFAULT["key"]
    against: str = _DEFAULT["against"]
    moves: str = _DEFAULT["moves"]

    def for_explorer(self) -> dict[str, Any]:
        """Return the settings by their names in the browser."""
        values = asdict(self)
        return {name: values[setting.field] for name, setting in SETTINGS.items()}


DEFAULT_VIEW: Final = ViewSettings()
