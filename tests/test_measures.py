"""The measures that Python and the browser read from one description. Both sides compute each measure."""

from __future__ import annotations

import json
import math

import pytest
from pydantic import ValidationError

from attention_core import measures
from attention_core.analysis.row_measures import ROW_MEASURES
from attention_core.interventions.effects import every_effect
from attention_core.interventions.head_numbers import head_numbers
from attention_core.interventions.outcome import run
from attention_core.measures import Measure, measures_in
from tests.interventions.cases import picture
from tests.js.node import called, called_each
from tests.planted import planted

IN_LINKS = {
    "Standing out": "standing",
    "Distance": "mean_distance",
    "Entropy": "entropy",
    "Share of CLS": "prefix_share",
    "Contribution": "contribution",
    "Box": "box",
    "Likeness": "likeness",
}
"""Words that links have used since the first measures."""


def test_row_measures_exist_in_every_place_and_both_languages() -> None:
    assert {measure.name for measure in measures_in("table")} == set(ROW_MEASURES)
    for place in ("explorer", "atlas", "heads"):
        assert {measure.name for measure in measures_in(place)} >= set(ROW_MEASURES)
    row = {"float32": [0.25] * 4}
    found = called_each("maths/row_measures.js", "ofRow", [(name, row, 1, {"float32": [0, 1, 2]}) for name in ROW_MEASURES])
    assert all(isinstance(number, int | float) for number in found)


def test_old_links_keep_their_meaning() -> None:
    for word, name in IN_LINKS.items():
        assert called("view/link_reading.js", "settingsOfLink", {"measure": word})["settings"] == {"measure": name}
        assert called("view/settings.js", "linkOf", {"measure": name}, {}, "CLS")["measure"] == word


def test_columns_of_files_keep_their_names() -> None:
    """Other people's scripts read these names."""
    assert [measure.column("table") for measure in measures_in("table")] == [
        "entropy_bits", "mean_distance_patches", "prefix_share",
    ]  # fmt: skip
    heads = [measure.column("heads") for measure in measures_in("heads")]
    assert heads == ["effect", "contribution", "distance", "entropy", "prefix_share"]
    atlas = [measure.name for measure in measures_in("atlas")]
    assert atlas == ["entropy", "mean_distance", "prefix_share", "contribution", "similarity"]


def test_measures_lie_in_the_described_range() -> None:
    model = planted()
    outcome = run(model, picture())
    rows = head_numbers(model, outcome, every_effect(model, outcome))
    for measure in measures_in("heads"):
        low, high = (
            end if end is not None else math.copysign(math.inf, sign) for end, sign in zip(measure.range, (-1, 1), strict=True)
        )
        assert all(low - 1e-6 <= row.numbers[measure.name] <= high + 1e-6 for row in rows), measure.name


def test_every_measure_has_a_short_clause() -> None:
    says = {measure.name: measure.in_short for measure in measures_in("heads")}
    assert says["mean_distance"] == "how far a patch looks" and says["contribution"] == "how much a head writes"
    assert all(clause and not clause.endswith(".") for clause in says.values())


@pytest.mark.parametrize("wrong", [{"unti": "bits"}, {"format": "per cent"}, {"needs": "luck"}, {"columns": {"page": "x"}}])
def test_a_misspelt_description_is_refused(wrong: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    described = json.loads(measures.text(measures.FILE))
    described["measures"]["entropy"] |= wrong
    monkeypatch.setattr(measures, "text", lambda _: json.dumps(described))
    with pytest.raises(ValidationError):
        measures._measures.__wrapped__()


def test_a_measure_without_words_uses_its_title() -> None:
    one = Measure(name="one", title="One", unit="bits", range=(0, None), says="One.")
    assert (one.link_word, one.column("heads"), one.in_short, one.unit_beside) == ("One", "one", "one", "bits")
    named = one.model_copy(update={"label": "Two", "format": "plain", "columns": {"heads": "two"}})
    assert (named.link_word, named.column("heads"), named.column("atlas"), named.unit_beside) == ("Two", "two", "one", "")
