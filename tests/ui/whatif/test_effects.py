"""Every head's effect as a job: planted heads are told apart, and those of the least effect go first."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from tests.planted import HEADS, LAYERS, PLANTED, planted
from ui import caches
from ui.jobs import CancelledError, Job
from ui.recording import Recording, make_recording
from ui.whatif import effects
from ui.whatif.effects import Found


@pytest.fixture(scope="module")
def shown() -> Recording:
    return make_recording("planted-effects", caches.photograph("cat"), planted(), 8, features=True)


@pytest.fixture(scope="module")
def found(shown: Recording) -> Found:
    job = Job("planted", lambda _: None, "effects")
    made = effects._work(job, shown, (2, 3))
    assert job.done == job.total == 2 * LAYERS * HEADS
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


def test_a_cancelled_job_stops_and_lets_the_next_one_begin(shown: Recording) -> None:
    job = Job("planted", lambda _: None, "effects")
    job.cancel.set()
    with pytest.raises(CancelledError):
        effects._work(job, shown, None)
    assert not effects._TURN.locked()


def test_progress_counts_the_heads_of_each_half() -> None:
    job = Job("planted", lambda _: None, "effects", done=30, total=48)
    assert effects._says(job).startswith("2 of 2. The weakest heads off together: 6 of 24")
    job.done = 24
    assert effects._says(job).startswith("1 of 2. One head off at a time: 24 of 24")
    assert effects._says(Job("planted", lambda _: None, "effects")) == "Starting…"


def test_before_it_begins_it_is_said_how_long_it_takes(shown: Recording) -> None:
    assert shown.seconds > 0
    assert effects.expected(replace(shown, seconds=10.0)) == f"{10 * LAYERS * HEADS // 60} min"


def test_what_one_reader_measured_of_a_patch_another_sees_without_it(shown: Recording, found: Found) -> None:
    effects._keep(shown, found)
    assert effects._kept(shown, ((2, 3), None)) is found
    theirs = effects._kept(shown, ((4, 4), None))
    assert theirs is not None and theirs.patch is None and theirs.effects.patch is None
    assert theirs.effects.main.equal(found.effects.main)
