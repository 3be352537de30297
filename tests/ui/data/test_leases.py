"""How long a reader may ask: leases, their tokens in a session, and what stays on the server for them."""

from __future__ import annotations

import re
import time
from types import SimpleNamespace
from typing import Any, Final, cast

import pytest
import streamlit as st

from ui.data import leases as module
from ui.data.leases import Leases, give_back, token_for
from ui.recording import Recipe, Recording
from ui.shared.brought import Brought
from ui.shared.kept import Store
from ui.shared.work import Work

SECONDS: Final = 0.4
MINE: Final = "0123456789abcdef"
RECIPE: Final = Recipe("the map", "The map", lambda: None, lambda _work: None, lambda _work: "")


def recording(key: str) -> Recording:
    return cast(Recording, SimpleNamespace(key=key, recipe=RECIPE))


@pytest.fixture
def kept() -> Store:
    """Something that was made of what the reader brought, and something that was not."""
    kept = Store(2**20)
    kept.keep(("recording", f"{MINE}/dinov2-small"), "mine")
    kept.keep(("recording", "cat/dinov2-small"), "of all")
    return kept


@pytest.fixture
def owners(kept: Store) -> Brought:
    return Brought(kept)


@pytest.fixture
def leases(owners: Brought) -> Leases:
    return Leases(owners, SECONDS)


def mine_is_kept(kept: Store) -> bool:
    assert kept.find(("recording", "cat/dinov2-small")) == "of all"
    return kept.find(("recording", f"{MINE}/dinov2-small")) is not None


def test_tokens_are_random_and_name_nothing(leases: Leases) -> None:
    tokens = {leases.grant(recording(f"{MINE}/dinov2-small"), RECIPE) for _ in range(20)}
    assert len(tokens) == 20 and all(re.fullmatch(r"[\w-]{32,}", token) and MINE not in token for token in tokens)
    assert leases.find("") is None and leases.find("x" * 32) is None


def test_a_lease_lasts_as_long_as_somebody_asks(leases: Leases) -> None:
    asked, left = (leases.grant(recording("cat/dinov2-small"), RECIPE) for _ in range(2))
    for _ in range(4):
        time.sleep(SECONDS / 2)
        assert leases.find(asked) is not None
        leases.sweep()
    assert leases.find(left) is None and len(leases) == 1
    time.sleep(1.5 * SECONDS)
    assert leases.find(asked) is None, "also before anybody sweeps"
    assert len(leases) == 1
    leases.sweep()
    assert len(leases) == 0


def test_who_leaves_may_come_back_for_a_moment(monkeypatch: pytest.MonkeyPatch, leases: Leases) -> None:
    monkeypatch.setattr(module, "RELOAD_SECONDS", SECONDS / 4)
    gone, reloaded = (leases.grant(recording("cat/dinov2-small"), RECIPE) for _ in range(2))
    leases.let_end(gone)
    leases.let_end(reloaded)
    assert leases.find(reloaded) is not None
    time.sleep(SECONDS / 2)
    assert leases.find(gone) is None and leases.find(reloaded) is not None
    leases.let_end("of nobody")


def test_what_a_reader_brought_stays_as_long_as_the_last_lease(leases: Leases, owners: Brought, kept: Store) -> None:
    owners.add(MINE)
    one, other = (leases.grant(recording(f"{MINE}/dinov2-small"), RECIPE) for _ in range(2))
    owners.drop(MINE)
    assert mine_is_kept(kept), "the session has ended, and a browser may come back"
    leases.end(one)
    leases.end(one)
    assert mine_is_kept(kept)
    time.sleep(1.5 * SECONDS)
    assert leases.find(other) is None and mine_is_kept(kept)
    leases.sweep()
    assert not mine_is_kept(kept)


def test_what_a_session_still_has_outlives_its_leases(leases: Leases, owners: Brought, kept: Store) -> None:
    owners.add(MINE)
    leases.end(leases.grant(recording(f"{MINE}/dinov2-small"), RECIPE))
    assert mine_is_kept(kept)
    owners.drop(MINE)
    assert not mine_is_kept(kept)


def test_leases_of_what_nobody_brought_forget_nothing(leases: Leases, kept: Store) -> None:
    leases.end(leases.grant(recording("cat/dinov2-small"), RECIPE))
    assert mine_is_kept(kept)


def test_a_lease_that_ends_waits_for_no_work(leases: Leases) -> None:
    work = Work("rollout", "The rollout", lambda _work: None, cast(Any, None))
    token = leases.grant(recording("cat/dinov2-small"), RECIPE)
    lease = leases.find(token)
    assert lease is not None
    lease.works["rollout"] = work
    work.wanted_by(lease)
    assert work.wanted
    leases.end(token)
    assert work.cancel.is_set() and not work.wanted


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch, leases: Leases) -> dict[str, Any]:
    """What the page's script has between runs."""
    state: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", state)
    monkeypatch.setattr(module, "leases", lambda: leases)
    return state


def test_a_session_keeps_its_token_until_the_lease_has_ended(session: dict[str, Any], leases: Leases) -> None:
    cat, dog = recording("cat/dinov2-small"), recording("dog/dinov2-small")
    token, other = token_for(cat), token_for(dog)
    assert token_for(cat) == token != other and len(leases) == 2
    leases.end(token)
    again = token_for(cat)
    assert again not in (token, other) and leases.find(again) is not None and token_for(dog) == other


def test_a_script_that_asks_for_tokens_renews_no_lease(session: dict[str, Any], leases: Leases) -> None:
    token, replaced = token_for(recording("cat/dinov2-small")), token_for(recording("dog/dinov2-small"))
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends + SECONDS / 2:
        token_for(recording("cat/dinov2-small"))
        token_for(recording(f"picture {time.monotonic()}"))
        time.sleep(SECONDS / 8)
    assert not leases.lasts(token) and not leases.lasts(replaced)


def test_who_leaves_leaves_all_that_the_session_has_leased(
    monkeypatch: pytest.MonkeyPatch, session: dict[str, Any], leases: Leases
) -> None:
    monkeypatch.setattr(module, "RELOAD_SECONDS", SECONDS / 8)
    replaced, shown = token_for(recording("cat/dinov2-small")), token_for(recording("dog/dinov2-small"))
    session.clear()
    anothers = token_for(recording("dog/dinov2-small"))
    leases.let_end(shown)
    time.sleep(SECONDS / 4)
    assert not leases.lasts(replaced) and not leases.lasts(shown) and leases.lasts(anothers)


def test_leaving_again_gives_no_more_time(monkeypatch: pytest.MonkeyPatch, leases: Leases) -> None:
    monkeypatch.setattr(module, "RELOAD_SECONDS", SECONDS / 4)
    token = leases.grant(recording("cat/dinov2-small"), RECIPE)
    for _ in range(4):
        leases.let_end(token)
        time.sleep(SECONDS / 8)
    assert not leases.lasts(token)


def test_a_session_holds_no_tokens_that_have_ended(session: dict[str, Any], leases: Leases) -> None:
    for number in range(5):
        leases.end(token_for(recording(f"picture {number}")))
    assert sum(len(value) for value in session.values() if isinstance(value, dict)) == 1


def test_another_session_has_another_token(session: dict[str, Any]) -> None:
    token = token_for(recording("cat/dinov2-small"))
    session.clear()
    assert token_for(recording("cat/dinov2-small")) != token


def test_what_is_given_back_can_no_longer_be_asked_for(
    session: dict[str, Any], leases: Leases, owners: Brought, kept: Store
) -> None:
    owners.add(MINE)
    mine, square, cat = (token_for(recording(f"{name}/dinov2-small")) for name in (MINE, f"{MINE}-square", "cat"))
    give_back(MINE)
    assert leases.find(mine) is None and leases.find(square) is None and leases.find(cat) is not None
    assert mine_is_kept(kept), "until the session takes it away"
    owners.drop(MINE)
    assert not mine_is_kept(kept)


def test_a_session_without_leases_gives_nothing_back(session: dict[str, Any]) -> None:
    give_back(MINE)


def test_only_what_can_be_made_again_is_leased(session: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="can be made again"):
        token_for(cast(Recording, SimpleNamespace(key="cat", recipe=None)))
