"""Requests about lessons: torch confirms numbers of which nobody holds a lease, and the lesson is made to take along."""

from __future__ import annotations

import json
from typing import Any, Final

import httpx2
import pytest
import torch
from starlette.applications import Starlette
from starlette.testclient import TestClient

from attention_core import MultiHeadSelfAttention
from tests.js.node import called
from tests.ui.data.asking import KINDS, OWN, opened
from tests.ui.data.test_hostile_requests import is_refused
from ui.data.leases import leases
from ui.data.requests import MOST_BYTES, data_routes
from ui.lessons.kinds import LONGEST_LINK, TITLES
from ui.lessons.standalone import standalone_lesson

CLIENT: Final = TestClient(Starlette(routes=data_routes(KINDS)), base_url=OWN)
REPORTS: Final = {
    name: called("../tests/js/lesson_reports.js", "reports", name, [""])[0]["report"] | {"lesson": name} for name in TITLES
}


def post(kind: str, body: object, origin: str = OWN) -> httpx2.Response:
    """Without a lease."""
    return CLIENT.post(f"/data/{kind}", content=json.dumps(body), headers={"origin": origin})


def entry(kind: str, body: object) -> dict[str, Any]:
    answer = post(kind, body)
    assert answer.status_code == 200, answer.text
    return opened(answer.content)[0]


@pytest.mark.parametrize("name", TITLES)
def test_what_a_lesson_shows_is_confirmed_and_what_is_off_is_measured(name: str) -> None:
    had = len(leases())
    assert entry("confirm", REPORTS[name])["difference"] < 1e-12
    off = json.loads(json.dumps(REPORTS[name]))
    off["output"][1][0] += 0.25
    assert entry("confirm", off)["difference"] == pytest.approx(0.25)
    assert len(leases()) == had


@pytest.mark.parametrize("name", TITLES)
def test_numbers_of_another_shape_are_not_confirmed(name: str) -> None:
    assert entry("confirm", REPORTS[name] | {"output": [[1.0]]}) == {"difference": None}
    assert is_refused(post("confirm", REPORTS[name] | {"x": [[1, 2], [3]]}))


def test_the_largest_lesson_fits_into_a_request() -> None:
    """16 heads over 12 vectors of width 16, every number as long as a double can be."""
    layer = MultiHeadSelfAttention(16, 16).double().requires_grad_(False)
    x = torch.randn(12, 16, dtype=torch.float64) / 3
    trace = layer.trace(x)
    matrices = {f"{letter}{role}": getattr(layer, f"{letter}_{role}") for letter in "Wb" for role in "qkv"}
    given = {name: (each[:, None] if name[0] == "b" else each).tolist() for name, each in matrices.items()}
    assert layer.W_0 is not None and layer.b_0 is not None
    given |= {"W0": layer.W_0.tolist(), "b0": [layer.b_0.tolist()], "split": False}
    numbers = {"x": x.tolist(), "weights": trace.heads.weights.tolist(), "output": trace.output.tolist()}
    report = {"lesson": "multi_head", "layer": given, "on": [True] * 16, "allowed": [[True] * 12] * 12, **numbers}
    assert 64 * 1024 < len(json.dumps(report)) < MOST_BYTES
    assert entry("confirm", report)["difference"] < 1e-12


@pytest.mark.parametrize("name", TITLES)
def test_the_program_computes_what_is_shown(name: str) -> None:
    found: dict[str, Any] = {}
    exec(entry("lesson-program", REPORTS[name])["code"], found)
    torch.testing.assert_close(found["trace"].output, torch.tensor(REPORTS[name]["output"], dtype=torch.float64))


def test_the_page_to_take_along_opens_with_the_link() -> None:
    answer = post("lesson-page", {"lesson": "multi_head", "link": "pieces=2&step=3"})
    said, arrays = opened(answer.content)
    assert said == {"name": "multi-head.html", "type": "text/html"}
    assert arrays["bytes"].tobytes().decode() == standalone_lesson("Multi-head", "multi_head", "pieces=2&step=3")
    for link in (None, 3, "a" * (LONGEST_LINK + 1)):
        assert is_refused(post("lesson-page", {"lesson": "multi_head", "link": link}))
    assert post("lesson-page", {"lesson": "multi_head", "link": "\ud800</script>"}).status_code == 200


@pytest.mark.parametrize("kind", ["confirm", "lesson-program", "lesson-page"])
def test_only_the_servers_own_pages_may_ask_and_only_of_lessons(kind: str) -> None:
    assert post(kind, REPORTS["multi_head"], "http://evil.example").status_code == 403
    for lesson in (None, "", "other", ["multi_head"], {"a": 1}, "../multi_head"):
        assert is_refused(post(kind, REPORTS["multi_head"] | {"lesson": lesson, "link": ""}))
    assert post("layer", {"layer": 0}).status_code == 410, "for data of a recording a lease is needed"
