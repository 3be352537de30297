"""Data are answered to Regard's own pages under a lease, and nobody's log or disk learns of what."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.ui.data.asking import KINDS, OWN, Reader, reader
from tests.ui.data.test_hostile_requests import VALID
from ui.data.answers import Answer, Kind
from ui.data.leases import leases
from ui.data.requests import LEASE, data_routes
from ui.recording import Recording


@pytest.fixture(scope="module")
def recorded() -> Reader:
    return reader("dinov2-small", features=True)


@pytest.fixture
def asking(recorded: Reader) -> Iterator[Reader]:
    """A lease of its own on one recording."""
    asking = Reader(recorded.made, recorded.recipe)
    yield asking
    leases().end(asking.token)


FOREIGN = [
    "",
    "null",
    "http://evil.example",
    "https://regard.example.evil.example",
    f"{OWN}:8501",
    "http://",
    "http://[",
    "file://",
]


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("kind", ["picture", "rows", "renew", "leave", "nothing"])
def test_pages_of_others_get_nothing(asking: Reader, kind: str, origin: str) -> None:
    answer = asking.post(kind, VALID.get(kind), {"origin": origin})
    assert answer.status_code == 403 and answer.json() == {"says": "Only Regard's own pages may ask."}


def test_who_has_no_origin_gets_nothing(asking: Reader) -> None:
    answer = asking.client.post("/data/picture", content=b"{}", headers={LEASE: asking.token})
    assert answer.status_code == 403


def test_origins_that_the_server_allows_may_ask(asking: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"server.corsAllowedOrigins": ["https://other.example"], "server.baseUrlPath": ""}
    monkeypatch.setattr(st, "get_option", options.__getitem__)
    assert asking.post("picture", {}, {"origin": "https://other.example"}).status_code == 200
    assert asking.post("picture", {}, {"origin": "https://another.example"}).status_code == 403


def test_leaving_under_a_strangers_origin_ends_nothing(asking: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.data.leases.RELOAD_SECONDS", -1)
    asking.post("leave", {}, {"origin": "http://evil.example"})
    assert asking.post("picture").status_code == 200


@pytest.mark.parametrize("kind", ["nothing", "Picture", "__class__", "layer.bin"])
def test_there_is_no_such_kind(asking: Reader, kind: str) -> None:
    answer = asking.post(kind)
    assert answer.status_code == 404 and answer.json() == {"says": "There is no such kind of data."}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_data_are_posted_for(asking: Reader, method: str) -> None:
    answer = asking.client.request(method, "/data/picture", headers={"origin": OWN, LEASE: asking.token})
    assert answer.status_code == 405


@pytest.mark.parametrize("token", ["", "x" * 32, "../../etc/passwd"])
def test_a_token_that_never_was_is_gone(asking: Reader, token: str) -> None:
    for kind in ("picture", "renew", "nothing"):
        answer = asking.post(kind, {}, {LEASE: token})
        assert answer.status_code == 410 and answer.json() == {"says": "What was shown here is no longer on the server."}


def test_a_lease_that_has_ended_is_gone(asking: Reader) -> None:
    assert asking.post("picture").status_code == 200
    leases().end(asking.token)
    assert asking.post("picture").status_code == asking.post("renew").status_code == 410


def test_a_lease_that_nobody_renews_is_gone(asking: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases(), "_seconds", -1.0)
    assert asking.post("picture").status_code == 410


def age(asking: Reader, seconds: float) -> None:
    lease = leases().find(asking.token)
    assert lease is not None
    lease.renewed -= seconds


@pytest.mark.parametrize("kind", ["renew", "picture"])
def test_every_request_renews_the_lease(asking: Reader, kind: str) -> None:
    for _ in range(3):
        age(asking, 100)
        assert asking.post(kind).status_code in (200, 204)


def test_a_reader_who_has_left_is_gone_soon_and_may_come_back(asking: Reader) -> None:
    age(asking, 100)
    assert asking.post("leave").status_code == 204
    assert asking.post("renew").status_code == 204, "the page was only loaded anew"
    asking.post("leave")
    lease = leases().find(asking.token)
    assert lease is not None
    asking.post("leave")
    lease.renewed -= 16
    assert asking.post("picture").status_code == 410


def test_nothing_is_kept_on_the_way_and_nothing_is_packed(asking: Reader) -> None:
    answers = [asking.fetch(kind, **body) for kind, body in VALID.items()]
    answers += [asking.post("rows", {"layer": 99}), asking.post("nothing"), asking.post("picture", {}, {LEASE: "?"})]
    answers += [asking.post("picture", {}, {"origin": "http://evil.example"})]
    assert {answer.status_code for answer in answers} == {200, 400, 403, 404, 410}
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store" and answer.headers["content-encoding"] == "identity"


def test_the_routes_lie_under_the_servers_base_path(asking: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    options: dict[str, Any] = {"server.baseUrlPath": "/attention/", "server.corsAllowedOrigins": []}
    monkeypatch.setattr(st, "get_option", options.__getitem__)
    client = TestClient(Starlette(routes=data_routes(KINDS)), base_url=OWN)
    headers = {"origin": OWN, LEASE: asking.token}
    assert client.post("/attention/data/picture", content=b"{}", headers=headers).status_code == 200
    assert client.post("/data/picture", content=b"{}", headers=headers).status_code == 404


def test_no_log_holds_token_digest_or_name(
    asking: Reader, caplog: pytest.LogCaptureFixture, fault_lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "holiday in Kyiv.jpg"

    def fails(shown: Recording, _asked: Any, _result: Any) -> Answer:
        raise KeyError(f"{name} {shown.key} {asking.token}")

    broken = Reader(asking.made, asking.recipe, {"broken": Kind(fails, needs_numbers=False)}, asking.token)
    with caplog.at_level(logging.DEBUG):
        for kind, body in VALID.items():
            asking.fetch(kind, **body)
            asking.post(kind, {name: name, **dict.fromkeys(body, name)})
        answer = broken.post("broken", {"path": name})
        asking.post(asking.token)
        leases().end(asking.token)
        asking.post("picture")
    assert answer.status_code == 500 and len(fault_lines) == 1 and "kind=data" in fault_lines[0]
    written = [line for line in (*caplog.messages, *fault_lines, answer.text) if "HTTP Request" not in line]
    for secret in (asking.token, asking.made.picture.digest, asking.made.key, name):
        assert not [line for line in written if secret in line]
