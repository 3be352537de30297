"""Every head's effect as a job: planted heads are told apart, and those of the least effect go first."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from tests.planted import HEADS, LAYERS, PLANTED, planted
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
    made = effects._work(work, shown, (2, 3))
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
        effects._work(work, shown, None)


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


def test_what_one_reader_measured_of_a_patch_another_sees_without_it(shown: Recording, found: Found) -> None:
    effects._keep(shown, found)
    assert effects._kept(shown, ((2, 3), None)) is found
    theirs = effects._kept(shown, ((4, 4), None))
    assert theirs is not None and theirs.patch is None and theirs.effects.patch is None
    assert theirs.effects.main.equal(found.effects.main)
