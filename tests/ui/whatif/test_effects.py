"""Every head's effect as a job: planted heads are told apart, and those of the least effect go first."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from attention_core.interventions.effects import every_effect
from attention_core.interventions.outcome import run
from tests.planted import HEADS, LAYERS, PLANTED, planted
from tests.ui.data.asking import KINDS, Reader, reader
from ui import caches
from ui.recording import Recording, make_recording
from ui.shared.gate import Gate
from ui.shared.work import CancelledError, Work
from ui.whatif import effects
from ui.whatif.effects import Found


@pytest.fixture(scope="module")
def shown() -> Recording:
    return make_recording("planted-effects", caches.photograph("cat"), planted(), 8, features=True)


def begun() -> Work:
    work = Work("planted", "effects", lambda _: None, Gate(1))
    work.wanted_by("reader")
    return work


@pytest.fixture(scope="module")
def found(shown: Recording) -> Found:
    work = begun()
    made = effects.measured(work, shown, (2, 3))
    assert work.done == work.total == 2 * LAYERS * HEADS
    return made


def test_the_head_that_writes_nothing_is_worth_nothing_and_goes_first(found: Found) -> None:
    place = PLANTED["nothing"]
    assert found.effects.main[place] == 0 and found.order[0] == place and found.together[0] == 0
    contribution = found.contribution[place[0]]
    assert contribution is not None and contribution[place[1]] < 1e-6 < float(contribution.max())


def test_the_order_is_that_of_the_effects(found: Found) -> None:
    ordered = torch.stack([found.effects.main[place] for place in found.order])
    assert len(found.order) == LAYERS * HEADS and torch.equal(ordered, ordered.sort().values)
    assert found.patch == (2, 3) and found.effects.patch is not None and found.effects.target is not None


def test_it_ends_where_nobody_wants_it_any_more(shown: Recording) -> None:
    work = begun()
    work.left_by("reader")
    with pytest.raises(CancelledError):
        effects.measured(work, shown, None)


def test_progress_counts_the_heads_of_each_half() -> None:
    work = begun()
    assert effects._says(work) == "Starting…"
    work.report(30, 48)
    assert effects._says(work).startswith("2 of 2. The weakest heads off together: 6 of 24")
    work.report(24, 48)
    assert effects._says(work).startswith("1 of 2. One head off at a time: 24 of 24")


def test_before_it_begins_it_is_said_how_long_it_takes(shown: Recording) -> None:
    assert shown.seconds > 0
    assert effects.expected(replace(shown, seconds=10.0)) == f"{10 * LAYERS * HEADS // 60} min"


@pytest.fixture(scope="module")
def asking() -> Reader:
    return reader("dinov2-small", 6, features=True, kinds=KINDS | effects.KINDS)


def test_before_somebody_measures_them_the_answer_is_how_long_that_takes(asking: Reader) -> None:
    entry, _ = asking.numbers("effects", patch=[1, 2])
    price = entry["price"]
    assert entry["found"] is None and price["heads"] == 72 and price["large"] is False and price["expected"]


def test_what_one_reader_measured_of_a_patch_another_sees_without_it(asking: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = asking.post("effects", {"patch": [1, 2], "start": True})
    assert begun.status_code == 202, "it is work"
    found = asking.numbers("effects", patch=[1, 2], start=True)[0]["found"]
    model, image, grid = asking.made.model, asking.made.picture.image, asking.made.grid
    expected = every_effect(model, run(model, image, 6), grid.index(1, 2))
    values = {measure["name"]: measure["values"] for measure in found["measures"]}
    assert list(values) == ["cls", "patches", "patch"] and found["of"] == "CLS" and found["patch"] == [1, 2]
    for name in values:
        torch.testing.assert_close(torch.tensor(values[name]), getattr(expected, name), rtol=1e-4, atol=1e-7)
    assert len(found["order"]) == len(found["together"]) == 72 and len(found["contribution"]) == 12
    monkeypatch.setattr(effects, "measured", pytest.fail)
    other = reader("dinov2-small", 6, features=True, kinds=KINDS | effects.KINDS)
    kept = {str(patch): other.numbers("effects", patch=patch)[0]["found"] for patch in (None, [3, 3], [1, 2])}
    assert kept["[1, 2]"] == found and kept["None"] == kept["[3, 3]"]
    assert kept["None"]["patch"] is None and [each["name"] for each in kept["None"]["measures"]] == ["cls", "patches"]


@pytest.mark.parametrize("patch", [7, "1,2", [1], [1, 2, 3], [True, 0], [-1, 0], [0, 6], [0.0, 0], {"row": 1}])
def test_what_is_no_patch_is_refused(asking: Reader, patch: object) -> None:
    refused = asking.post("effects", {"patch": patch})
    assert refused.status_code == 400 and refused.json()["says"].startswith("Expected patch to be a ")
