"""The kind "changed": its numbers are those of the core, and its lease lasts as long as that of the left side."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from attention_core.interventions.change import change
from attention_core.interventions.changes import parse_changes
from attention_core.interventions.outcome import run
from tests.planted import PLANTED, planted
from tests.ui.data.asking import KINDS, Reader, reader
from ui import caches, keeping
from ui.data.leases import leases
from ui.recording import Recipe, make_recording
from ui.shared.kept import store
from ui.shared.work import Work, Workshop
from ui.whatif import changed, running

ALL = KINDS | changed.KINDS


@pytest.fixture(scope="module")
def asking() -> Reader:
    return reader("dinov2-small", features=True, kinds=ALL)


@pytest.fixture(scope="module")
def classifier() -> Iterator[Reader]:
    yield of_planted()
    store().forget(lambda _: True)


def of_planted() -> Reader:
    picture = caches.photograph("cat")
    make = lambda _work=None: keeping.keep_recording(make_recording("planted", picture, planted(), 8, features=True))  # noqa: E731
    recipe = Recipe("planted", "The map", lambda: keeping.kept_recording("planted"), make, lambda _work: "")
    return Reader(make(), recipe, ALL)


def answer(asking: Reader, edits: str, target: int | None = None) -> dict[str, Any]:
    entry, arrays = asking.numbers("changed", edits=edits, target=target)
    assert not arrays
    return entry


def right_of(asking: Reader, entry: dict[str, Any]) -> Reader:
    """A reader of the right side."""
    return Reader(asking.made, asking.recipe, ALL, token=entry["lease"])


def said(entry: dict[str, Any]) -> dict[str, float]:
    return {each["term"]: each["value"] for each in entry["said"]}


@pytest.mark.parametrize(
    "edits", ["6.*:off", "8.3:even;10.0+2:t0.5", "8.1:in1,2,3,4", "blank:1,1,3,3", "blur:0,0,2,2;2.1:mean"]
)
def test_the_numbers_are_those_of_the_core(asking: Reader, edits: str) -> None:
    model, image, grid = asking.made.model, asking.made.picture.image, asking.made.grid
    changes, before = parse_changes(edits), run(asking.made.model, asking.made.picture.image, 8)
    for each in changes.picture:
        image = each.made(image, grid)
    after = run(model, image, 8, changes.edits)
    expected = change(model, before, after)
    entry = answer(asking, edits)
    farthest = grid.position(int(expected.patches.argmax()))
    assert said(entry) == pytest.approx(
        {
            "CLS moved": expected.cls,
            "patches, on average": expected.mean,
            f"the most, {farthest}": float(expected.patches.max()),
        },
        abs=1e-6,
    )
    right = right_of(asking, entry)
    kept = after.record.layers[11]
    shape, _ = right.numbers("layer", layer=11)
    assert (shape["numHeads"], shape["numTokens"]) == (kept.num_heads, kept.num_keys)
    _, row = right.numbers("rows", layer=11, token=5, direction="outgoing", temperature=1)
    np.testing.assert_allclose(row["rows"], kept.rows([5])[0, :, 0].numpy().ravel(), atol=1e-6)


def test_a_layer_has_the_name_of_the_changes_up_to_it(asking: Reader) -> None:
    entry = answer(asking, "8.3:off;10.0:off")
    left, side = asking.made.key, entry["side"]
    assert side["recording"] == f"{left}|8.3:off;10.0:off"
    same = asking.made.layer_key(0)
    names = [layer.get("recording", side["recording"]) for layer in side["layers"]]
    assert names == [same] * 8 + [f"{same}|8.3:off"] * 2 + [f"{same}|8.3:off;10.0:off"] * 2
    assert side["allLayers"] is True and side["grid"] == {"rows": asking.made.grid.rows, "cols": asking.made.grid.cols}
    assert entry["title"] == "Changed: 8.3 off and 1 more" and entry["notes"] == []
    pictured = answer(asking, "blank:1,1,3,3")["side"]
    assert {layer.get("recording", pictured["recording"]) for layer in pictured["layers"]} == {f"{same}|blank:1,1,3,3"}
    assert pictured["picture"] != side["picture"]


def test_layers_of_the_same_name_are_the_very_same(asking: Reader) -> None:
    found: dict[str, dict[str, Any]] = {}
    for edits in ("8.3:off", "8.3:off;10.0:off", "8.3:off;10.0:t0.5", "11.2:even"):
        entry = answer(asking, edits)
        right, side = right_of(asking, entry), entry["side"]
        for layer, told in enumerate(side["layers"]):
            _, numbers = right.numbers("layer", layer=layer)
            before = found.setdefault(f"{told.get('recording', side['recording'])}/{layer}", numbers)
            assert all(np.array_equal(numbers[name], before[name]) for name in before), f"{edits}, layer {layer}"
    assert len(found) == 12 + 2 + 2 + 4


@pytest.mark.parametrize("edits", ["none", "", "20.1:off", "8.9:off", "blur:0,0,30,30"])
def test_without_anything_to_change_the_right_is_the_left(asking: Reader, edits: str) -> None:
    entry = answer(asking, edits)
    assert entry["side"] is None and entry["said"] == [] and entry["title"] == "Changed" and "lease" not in entry
    assert [" has no such head: layer" in note for note in entry["notes"]] == [True] * ("off" in edits), "what waits is said"


@pytest.mark.parametrize(
    "body", [{}, {"edits": 3}, {"edits": "8.3:of"}, {"edits": "1;" * 3000}, {"edits": "none", "target": -1}]
)
def test_what_cannot_be_read_is_one_sentence_and_what_was_shown_stays(asking: Reader, body: dict[str, Any]) -> None:
    right = right_of(asking, answer(asking, "8.3:off"))
    refused = asking.post("changed", body)
    assert (
        refused.status_code == 400 and refused.json()["says"].startswith("Expected ") and refused.json()["says"].endswith(".")
    )
    assert right.fetch("layer", layer=11).status_code == 200


def test_another_class_runs_no_other_pass(classifier: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    first = answer(classifier, "0.*:off")
    monkeypatch.setattr(running, "run", pytest.fail)
    entry = answer(classifier, "0.*:off", 3)
    assert len(entry["before"]) == len(entry["after"]) == 5
    assert sum(each["share"] for each in entry["before"]) == pytest.approx(1, abs=1e-5)
    name = next(each["name"] for each in entry["before"] if each["index"] == 3)
    assert name == "class 3" and said(entry)[name] == next(each["share"] for each in entry["after"] if each["index"] == 3)
    assert list(said(first))[:-1] == list(said(entry))[:-1] and first["lease"] == entry["lease"]
    assert said(answer(classifier, "0.*:off", 99_999)) == said(first), "of a class that there is not, the most probable one"


def test_the_head_that_writes_nothing_moves_nothing_and_others_do(classifier: Reader) -> None:
    moved = {name: said(answer(classifier, f"{at[0]}.{at[1]}:off"))["patches, on average"] for name, at in PLANTED.items()}
    assert moved["nothing"] == 0 and moved["left"] > 1e-6


def test_hidden_keys_are_told_to_the_browser(classifier: Reader) -> None:
    entry = answer(classifier, "1.0:in2,3,2,1")
    assert entry["side"]["inBrowser"] is True
    _, arrays = right_of(classifier, entry).numbers("layer", layer=1)
    hidden = torch.from_numpy(arrays["hidden"]).view(4, 65)
    assert (hidden[0] == 0).nonzero().flatten().tolist() == [1 + 2 * 8 + 3, 1 + 3 * 8 + 3] and not hidden[1:].any()


def test_the_right_side_ends_with_the_left_and_soon_after_it_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    asking = reader("dinov2-small", 9, features=True, kinds=ALL)
    first, again = (answer(asking, "0.1:off")["lease"] for _ in range(2))
    assert first == again, "the same list has the same lease"
    monkeypatch.setattr("ui.data.leases.RELOAD_SECONDS", 0.1)
    second = answer(asking, "0.2:off")["lease"]
    assert second != first
    time.sleep(0.2)
    assert leases().find(first) is None and leases().find(second) is not None
    leases().end(asking.token)
    assert leases().find(second) is None


def test_asking_on_the_left_renews_the_right() -> None:
    asking = reader("dinov2-small", 9, features=True, kinds=ALL)
    right = leases().find(answer(asking, "0.1:off")["lease"])
    assert right is not None
    right.renewed -= 100
    asking.post("renew")
    assert time.monotonic() - right.renewed < 10


def test_what_the_server_let_go_of_is_made_again_and_is_the_same(asking: Reader) -> None:
    key, entry = asking.made.key, answer(asking, "8.3:off")
    right = right_of(asking, entry)
    before = {kind: right.fetch(kind, layer=9, kind="q").content for kind in ("layer", "features")}
    for kind, expected in before.items():
        store().forget(lambda name: key in str(name))
        found = right.fetch(kind, layer=9, kind="q")
        assert found.status_code == 200 and found.content == expected, kind
    store().forget(lambda name: key in str(name))
    assert answer(asking, "8.3:off") == entry


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Work]]:
    """The passes that have begun, by their changes: none ends before nobody wants it."""
    begun: dict[str, Work] = {}

    def run_changed(_shown: Any, changes: Any, work: Work) -> None:
        begun[str(changes)] = work
        while True:
            work.report(1, 2)
            time.sleep(0.01)

    workshop = Workshop(places=2, threads=1)
    monkeypatch.setattr(running, "run_changed", run_changed)
    monkeypatch.setattr("ui.data.requests.workshop", lambda: workshop)
    yield begun
    assert all(work.ended.wait(10) for work in begun.values())


def test_another_list_and_a_dropped_lease_end_the_pass_before(held: dict[str, Work]) -> None:
    asking = reader("random-heads", 11, features=True, kinds=ALL)
    first = asking.post("changed", {"edits": "0.1:off"})
    assert first.status_code == 202 and first.json()["says"].startswith("Running again: layer")
    assert asking.post("changed", {"edits": "0.2:off"}).status_code == 202
    assert held["0.1:off"].ended.wait(10) and not held["0.2:off"].ended.is_set()
    assert asking.post("changed", {"edits": "none"}).status_code == 200
    assert held["0.2:off"].ended.wait(10), "nothing at all is another list, too"
    assert asking.post("changed", {"edits": "0.3:off"}).status_code == 202
    leases().end(asking.token)
    assert held["0.3:off"].ended.wait(10)


def test_who_asks_on_while_cancelling_does_not_begin_anew(held: dict[str, Work], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.data.requests.PATIENCE_SECONDS", 3)
    asking = reader("random-heads", 12, features=True, kinds=ALL)
    asked = threading.Thread(target=lambda: asking.post("changed", {"edits": "0.1:off"}))
    asked.start()
    while "0.1:off" not in held:
        time.sleep(0.01)
    first = held["0.1:off"]
    asking.post("changed", {"edits": "0.1:off", "cancel": True})
    asked.join(10)
    assert not asked.is_alive() and first.ended.wait(10)
    time.sleep(0.1)
    assert held["0.1:off"] is first
