"""The measures of heads, described once for Python and the browser in assets/data/measures.json."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from attention_core.export.bundler import text

Place = Literal["explorer", "atlas", "heads", "table"]
FILE: Final = "data/measures.json"


class Measure(BaseModel):
    """One number of a head.

    Attributes:
        name: its name in code, in Parquet and in the page's CSV.
        title: its name for people, where heads of all models and pictures are meant.
        label, axis: its title beside one picture, and at an axis of a chart. {prefix}, {layer} and {head} stand for what is
            looked at. None: the title.
        word: its value of `measure` in the page's link. None: the label.
        unit: what it is counted in.
        format: "number" is written with its unit, "percent" as hundredths, "plain" without a unit.
        range: its smallest and largest value; None for no end.
        says: what it is, in a sentence or a few.
        source: where it was defined; stands in the metadata of Parquet files.
        extremes: what is said of the head with the largest number and of that with the smallest; "" says nothing.
        needs: what the browser must have to show it: tokens before the patches ("prefix"), what heads write ("blocks"), a box,
            or a head to compare with ("like").
        columns: its column or key in a place where that is not its name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    label: str | None = None
    word: str | None = None
    axis: str | None = None
    unit: str
    format: Literal["number", "percent", "plain"] = "number"
    range: tuple[float | None, float | None]
    says: str
    source: str = ""
    extremes: tuple[str, str] = ("", "")
    needs: Literal["prefix", "blocks", "box", "like"] | None = None
    columns: dict[Place, str] = {}

    def column(self, place: Place) -> str:
        """Return the name of its column or key there."""
        return self.columns.get(place, self.name)

    @property
    def unit_beside(self) -> str:
        """The unit that stands beside a number; "" for a plain one."""
        return "" if self.format == "plain" else self.unit

    @property
    def in_short(self) -> str:
        """The first clause of `says`, in lower case."""
        clause = re.split(r"[:.] |\.$", self.says, maxsplit=1)[0]
        return clause[:1].lower() + clause[1:]

    @property
    def link_word(self) -> str:
        """Its value of `measure` in the page's link."""
        return self.word or self.label or self.title


class _Described(BaseModel):
    """The file: the measures by name, and which of them each place shows, in its order."""

    model_config = ConfigDict(extra="forbid")

    places: dict[Place, list[str]]
    measures: dict[str, dict[str, object]]


def measures_in(place: Place) -> tuple[Measure, ...]:
    """Return the measures that a place shows, in its order.

    "explorer" is the page "Your image" with ranking, chart, grid, table and CSV; "atlas" Parquet files and the page "Atlas";
    "heads" the command `regard heads`; "table" `AttentionRecord.to_pandas` and the monitor's CSV.
    """
    return _measures()[place]


@cache
def _measures() -> dict[Place, tuple[Measure, ...]]:
    described = _Described.model_validate_json(text(FILE))
    measures = {name: Measure.model_validate({"name": name, **one}) for name, one in described.measures.items()}
    return {place: tuple(measures[name] for name in names) for place, names in described.places.items()}
