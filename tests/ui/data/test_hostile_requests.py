"""A request may say anything: it gets the data it asks for, or 400 and one sentence."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.ui.data.asking import Reader, reader
from ui.data.requests import MOST_BYTES

VALID: Final[dict[str, dict[str, Any]]] = {
    "picture": {},
    "layer": {"layer": 11},
    "rows": {"layer": 3, "token": 7, "direction": "outgoing", "temperature": 1},
    "matrix": {"layer": 3, "temperature": 0.5},
    "head": {"layer": 3, "head": 5, "query": -1},
    "features": {"layer": 3, "kind": "q"},
    "rollout": {"token": 0, "fusion": "mean", "discard": 0.5, "withoutOutliers": False},
    "moves": {},
    "statistics": {},
    "contributions": {},
    "likeness": {"layer": 3, "head": 5},
    "file": {"format": "csv"},
    "snippet": {"format": "png"},
}
OPTIONAL: Final = {"withoutOutliers", "format"}
WHOLE: Final = ("layer", "token", "head", "query")
NUMBERS: Final = ("temperature", "discard")
WORDS: Final = ("direction", "kind", "fusion", "format")
NO_NUMBER: Final = [None, "1", "", True, False, [1], {"a": 1}, float("nan"), float("inf"), -float("inf"), 10**400, -1000, 1e9]
NO_WHOLE: Final = [*NO_NUMBER, 1.5, 3.0, 12345, -2]
NO_WORD: Final = [None, 1, True, "", "MEAN", "outgoing ", ["mean"], {"mean": 1}, "q\u0000", "\ud800", "x" * 50_000]
BAD: Final = [
    (kind, name, value)
    for kind, body in VALID.items()
    for names, values in ((WHOLE, NO_WHOLE), (NUMBERS, NO_NUMBER), (WORDS, NO_WORD))
    for name in names
    if name in body
    for value in values
]
NO_OBJECT: Final = [
    b"[]",
    b"null",
    b"1",
    b'"layer"',
    b"{",
    b"{'layer': 0}",
    b"\xff\xfe\x00",
    b'{"layer": 0}{"layer": 0}',
    b"[" * 60_000,
    b'{"layer":' * 6000,
    b'{"layer": ' + b"9" * 60_000 + b"}",
]


@pytest.fixture(scope="module")
def asking() -> Reader:
    return reader("dinov2-small", features=True)


def is_refused(answer: httpx2.Response) -> bool:
    """Whether it is 400 and says why, in one sentence without anything of the server's."""
    says = answer.json()["says"] if answer.status_code == 400 else ""
    assert set(answer.json()) == {"says"} if says else True
    return re.fullmatch(r"[A-Z][^\n]{10,300}\.", says) is not None and not re.search(r"Traceback|Error|File |\.py", says)


@pytest.mark.parametrize("kind", VALID)
def test_the_examples_are_answered(asking: Reader, kind: str) -> None:
    assert asking.fetch(kind, **VALID[kind]).status_code == 200


@pytest.mark.parametrize("kind", VALID)
@pytest.mark.parametrize("body", NO_OBJECT, ids=lambda body: str(body[:12]))
def test_what_is_no_json_object_is_refused(asking: Reader, kind: str, body: bytes) -> None:
    assert is_refused(asking.post(kind, body))


def test_what_is_missing_is_refused(asking: Reader) -> None:
    for kind, body in VALID.items():
        for name in set(body) - OPTIONAL:
            assert is_refused(asking.post(kind, {key: value for key, value in body.items() if key != name})), (kind, name)


def test_wrong_values_are_refused(asking: Reader) -> None:
    for kind, name, value in BAD:
        if (name, value) == ("query", -1000) or VALID[kind][name] != value:
            assert is_refused(asking.post(kind, VALID[kind] | {name: value})), (kind, name, str(value)[:40])


@pytest.mark.parametrize("depth", [*range(10, 1000, 30), 5000])
def test_deep_values_are_refused(asking: Reader, depth: int) -> None:
    for kind, body in VALID.items():
        for name in set(body) - {"withoutOutliers"}:
            begun = json.dumps(body | {name: "DEEP"}).encode()
            assert is_refused(asking.post(kind, begun.replace(b'"DEEP"', b"[" * depth + b"]" * depth))), (kind, name)


@pytest.mark.parametrize(("layer", "head"), [(12, 0), (-1, 0), (0, 6), (0, -1), (2**63, 0), (-(2**70), 0)])
def test_there_is_no_such_head(asking: Reader, layer: int, head: int) -> None:
    for kind in ("head", "likeness"):
        assert is_refused(asking.post(kind, {"layer": layer, "head": head, "query": -1}))


def test_tokens_end_where_the_layer_does(asking: Reader) -> None:
    last = asking.made.layers[0].layer.num_keys - 1
    for kind in ("rows", "rollout"):
        assert asking.fetch(kind, **VALID[kind] | {"token": last}).status_code == 200
        assert is_refused(asking.post(kind, VALID[kind] | {"token": last + 1}))
    assert asking.fetch("head", layer=0, head=0, query=last).status_code == 200
    assert is_refused(asking.post("head", {"layer": 0, "head": 0, "query": last + 1}))


def test_so_many_bytes_are_read_and_no_more(asking: Reader) -> None:
    full = b"{" + b" " * (MOST_BYTES - 2) + b"}"
    for kind in ("picture", "statistics"):
        assert asking.fetch(kind).status_code == 200
        assert asking.post(kind, full).status_code == 200
        assert is_refused(asking.post(kind, full + b" "))


def test_what_nobody_asked_about_changes_nothing(asking: Reader) -> None:
    for kind, body in VALID.items():
        more = body | {"recording": "another", "path": "/etc/passwd", "__class__": [1], "cancel": "yes", "a" * 1000: None}
        assert asking.fetch(kind, **more).content == asking.fetch(kind, **body).content, kind


ANYTHING: Final = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(kind=some.sampled_from(sorted(VALID)), changes=some.dictionaries(some.sampled_from(WHOLE + NUMBERS + WORDS), ANYTHING))
@settings(max_examples=300)
def test_any_request_is_answered_or_refused(asking: Reader, kind: str, changes: dict[str, Any]) -> None:
    answer = asking.fetch(kind, **VALID[kind] | changes)
    assert answer.status_code == 200 or is_refused(answer)
