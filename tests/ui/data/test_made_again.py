"""However little the server keeps, a reader gets every answer, and the same bytes as before."""

from __future__ import annotations

import pytest

from tests.ui.data.asking import Reader, reader
from tests.ui.data.test_hostile_requests import VALID
from ui.shared import kept
from ui.shared.kept import Store, store


@pytest.fixture(scope="module")
def asking() -> Reader:
    return reader("dinov2-small", features=True)


def test_what_the_server_let_go_of_is_made_again_and_is_the_same(asking: Reader) -> None:
    key = asking.made.key
    before = {kind: asking.fetch(kind, **body).content for kind, body in VALID.items()}
    assert any(key in str(name) for name in store().names())
    for kind, body in VALID.items():
        store().forget(lambda name: key in str(name))
        assert not any(key in str(name) for name in store().names())
        answer = asking.fetch(kind, **body)
        assert answer.status_code == 200 and answer.content == before[kind], kind


@pytest.mark.parametrize("most_bytes", [1, 2_000_000])
def test_a_server_that_keeps_nothing_still_answers(asking: Reader, monkeypatch: pytest.MonkeyPatch, most_bytes: int) -> None:
    """The second number holds a few arrays, and never a recording beside them."""
    before = {kind: asking.fetch(kind, **body).content for kind, body in VALID.items()}
    small = Store(most_bytes)
    monkeypatch.setattr(kept, "store", lambda: small)
    monkeypatch.setattr("ui.keeping.store", lambda: small)
    for kind, body in VALID.items():
        for _ in range(2):
            assert asking.fetch(kind, **body).content == before[kind], kind
    assert small.nbytes <= most_bytes


def test_who_has_what_is_made_alike_gets_the_same_bytes(asking: Reader) -> None:
    other = reader("dinov2-small", features=True)
    assert other.token != asking.token
    for kind, body in VALID.items():
        assert other.fetch(kind, **body).content == asking.fetch(kind, **body).content, kind
