"""Requests about an atlas: only of what the lease is of, one sentence for anything else, and faults with an id."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from attention_core.atlas.columns import NAMES
from attention_core.atlas.reading import Atlas
from tests.atlas.written import numbers, write_atlas
from tests.ui.data.asking import KINDS, OWN, opened, reader
from tests.ui.data.test_hostile_requests import ANYTHING, NO_WHOLE, NO_WORD, is_refused
from ui.data.atlases import AtlasShown
from ui.data.leases import leases
from ui.data.requests import LEASE, data_routes

VALID: Final[dict[str, dict[str, Any]]] = {
    "atlas": {"measure": "entropy"},
    "atlas-cell": {"measure": "entropy", "layer": 2, "head": 1},
    "atlas-table": {"measure": "entropy", "format": "csv"},
}
CLIENT: Final = TestClient(Starlette(routes=data_routes(KINDS)), base_url=OWN)


def post(token: str, kind: str, body: object) -> httpx2.Response:
    """Return the first answer that is not about work that goes on."""
    while True:
        answer = CLIENT.post(f"/data/{kind}", content=json.dumps(body), headers={"origin": OWN, LEASE: token})
        if answer.status_code != 202:
            return answer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three layers of two heads over 20 pictures, with labels."""
    pictures = tmp_path_factory.mktemp("pictures")
    for at in range(20):
        Image.fromarray(np.full((40, 60, 3), at, dtype=np.uint8)).save(pictures / f"{at:04d}.jpg")
    lines = [f"{at:04d}.jpg,{'cat' if at < 8 else 'dog'}" for at in range(20)]
    (pictures / "labels.csv").write_text("\n".join(["picture,kind", *lines]) + "\n")
    return write_atlas(tmp_path_factory.mktemp("atlas"), numbers(20, layers=3, heads=2), source=pictures)


@pytest.fixture(scope="module")
def token(folder: Path) -> Iterator[str]:
    token = leases().grant(AtlasShown(Atlas(folder), "Mine"), page="atlas")
    yield token
    leases().end(token)


@pytest.mark.parametrize("kind", VALID)
def test_the_examples_are_answered_alike_and_not_kept_on_the_way(token: str, kind: str) -> None:
    answers = [post(token, kind, VALID[kind]) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {200} and answers[0].content == answers[1].content
    assert answers[0].headers["cache-control"] == "no-store"


def test_wrong_values_are_refused(token: str) -> None:
    for kind, body in VALID.items():
        for name in body:
            for value in NO_WHOLE if name in ("layer", "head") else NO_WORD:
                assert is_refused(post(token, kind, body | {name: value})), (kind, name, str(value)[:40])
            assert is_refused(post(token, kind, {key: each for key, each in body.items() if key != name}))
    for measure in ("picture", "layer", "entropy; DROP TABLE x", "box", "likeness", "Entropy"):
        assert is_refused(post(token, "atlas", {"measure": measure}))
    for layer, head in ((3, 0), (0, 2), (-1, 0)):
        assert is_refused(post(token, "atlas-cell", {"measure": "entropy", "layer": layer, "head": head}))


@given(
    kind=some.sampled_from(sorted(VALID)), changes=some.dictionaries(some.sampled_from(["measure", "layer", "head"]), ANYTHING)
)
def test_any_request_is_answered_or_refused(token: str, kind: str, changes: dict[str, Any]) -> None:
    answer = post(token, kind, VALID[kind] | changes)
    assert answer.status_code == 200 or is_refused(answer)


def test_a_lease_of_an_atlas_is_none_of_a_recording(token: str) -> None:
    asking = reader()
    for kind in KINDS.keys() - VALID.keys() - {"confirm", "lesson-page", "lesson-program"}:
        assert post(token, kind, {}).json() == {"says": "There is no such kind of data."}, kind
    for kind, body in VALID.items():
        assert asking.post(kind, body).status_code == 404
        assert post("x" * 32, kind, body).status_code == 410
    leases().end(asking.token)


def test_a_reader_gets_their_own_labels_whatever_they_ask_for(folder: Path, token: str) -> None:
    atlas = Atlas(folder)
    only = atlas.labels[0].chosen("kind", ("cat",))
    mine = leases().grant(AtlasShown(atlas, "Mine", only=only))
    more = {"only": "dog", "by": '["labels.csv", "kind"]', "beside": "photographs", "atlas": "/etc"}
    for lease, expected in ((mine, atlas.grid("entropy", only)), (token, atlas.grid("entropy"))):
        said, _ = opened(post(lease, "atlas", VALID["atlas"] | more).content)
        assert said["columns"][0]["values"] == [pytest.approx(layer) for layer in expected.mean.tolist()]
    leases().end(mine)
    assert post(mine, "atlas", VALID["atlas"]).status_code == 410


def test_all_that_an_answer_depends_on_is_in_the_key(folder: Path) -> None:
    atlas, other = Atlas(folder), Atlas(write_atlas(folder / "other", numbers(5, layers=3, heads=2)))
    labels = atlas.labels[0]
    shown = [
        AtlasShown(atlas, "Mine"),
        AtlasShown(other, "Mine"),
        AtlasShown(atlas, "Mine", other),
        *(AtlasShown(atlas, "Mine", only=labels.chosen("kind", values)) for values in (("cat",), ("dog",), ("cat", "dog"))),
    ]
    assert len({each.key for each in shown}) == len(shown)
    assert all(str(folder) not in each.key for each in shown)


def test_every_measure_is_answered_with_its_mean_over_the_pictures(token: str) -> None:
    drawn = numbers(20, layers=3, heads=2)
    for at, name in enumerate(NAMES):
        said, _ = opened(post(token, "atlas", {"measure": name}).content)
        assert said["columns"][0]["values"] == [pytest.approx(layer) for layer in drawn[..., at].mean(axis=0).tolist()]


def test_a_picture_that_is_gone_has_no_thumbnail(tmp_path: Path) -> None:
    token = leases().grant(AtlasShown(Atlas(write_atlas(tmp_path, numbers(3))), "Mine"))
    said, arrays = opened(post(token, "atlas-cell", {"measure": "entropy", "layer": 0, "head": 0}).content)
    assert [each["bytes"] for each in said["most"]] == [0, 0, 0] and not len(arrays["images"])
    leases().end(token)


def test_an_atlas_that_goes_meanwhile_is_one_sentence(tmp_path: Path) -> None:
    atlas = Atlas(write_atlas(tmp_path, numbers(3)))
    token = leases().grant(AtlasShown(atlas, "Mine"), page="atlas")
    assert atlas.measures
    for shard in atlas.shards:
        shard.unlink()
    assert is_refused(post(token, "atlas", VALID["atlas"]))
    leases().end(token)


@pytest.mark.parametrize("kind", ["atlas", "atlas-cell"])
def test_what_fails_is_a_sentence_with_an_id_that_stands_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault_lines: list[str], kind: str
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("/home/somebody/secret.parquet")

    token = leases().grant(AtlasShown(Atlas(write_atlas(tmp_path, numbers(3))), "Mine"), page="atlas")
    for name in ("grid", "spread"):
        monkeypatch.setattr(Atlas, name, fail)
    answer = post(token, kind, VALID[kind])
    says = answer.json()["says"]
    assert answer.status_code == 500 and says.count(".") == 1 and "secret" not in says
    (number,) = re.findall(r"\(fault (\w{8})\)\.$", says)
    assert len(fault_lines) == 1 and f"id={number}" in fault_lines[0] and "page=atlas" in fault_lines[0]
    assert "secret" not in fault_lines[0]
    leases().end(token)
