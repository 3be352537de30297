"""Requests about several pictures: numbers against torch and plain loops, files, and refusals."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from attention_core.analysis.components import foreground, principal_components
from attention_core.analysis.matching import match
from attention_core.analysis.segments import segments
from attention_core.analysis.similarity import cleaned
from tests.ui.data.asking import Reader, reader
from ui import caches
from ui.compare.settings import CLEAN
from ui.data.leases import leases
from ui.shared.kept import store

LAYERS = (11, 4, 11)
VIEW = {"kind": "features", "clean": "position"}


@cache
def readers() -> tuple[Reader, Reader, Reader]:
    """One reader's leases of three pictures."""
    names = ("astronaut", "coffee", "cat")
    left, right, other = (reader("dinov2-small", 8, features=True, picture=caches.photograph(name)) for name in names)
    return left, right, other


def body(count: int = 3, spaces: tuple[int, ...] = (0, 0, 0)) -> dict[str, Any]:
    parts = [
        {"of": str(at), "layer": layer, "space": space, "title": f"Picture {at}", "file": f"{at}.jpg"}
        for at, (layer, space) in enumerate(zip(LAYERS, spaces, strict=True))
    ]
    del parts[0]["of"]
    return {"parts": parts[:count], "leases": {str(at): each.token for at, each in enumerate(readers()) if 0 < at < count}}


def features(count: int = 3, kind: str = "features", clean: str = "position") -> list[Tensor]:
    """Return the features of each part in 16 bits, as the browser has them."""
    found = []
    for each, layer in zip(readers()[:count], LAYERS[:count], strict=True):
        made = each.made.feature_map(layer, kind).patches  # type: ignore[arg-type]
        found.append(cleaned(made.half().float(), each.made.grid, CLEAN[clean]))
    return found


def ask(kind: str, /, **said: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    return readers()[0].numbers(kind, **said)


@pytest.mark.parametrize(("kind", "clean"), [("features", "position"), ("v", "as-is")])
def test_matches_are_those_of_the_core_and_of_a_plain_loop(kind: str, clean: str) -> None:
    _, found = ask("matches", **body(2), view={"kind": kind, "clean": clean})
    left, right = features(2, kind, clean)
    expected = match(left, right)
    assert found["forward"].tolist() == expected.forward.tolist() and found["backward"].tolist() == expected.backward.tolist()
    torch.testing.assert_close(torch.from_numpy(found["backwardSecond"]), expected.backward_second, atol=1e-6, rtol=0)
    for patch in range(0, len(left), 7):
        cosines = [float(torch.cosine_similarity(left[patch].double(), there.double(), dim=0)) for there in right]
        best, second = sorted(cosines)[:-3:-1]
        assert found["similarity"][patch] == pytest.approx(best, abs=1e-5)
        assert found["second"][patch] == pytest.approx(second, abs=1e-5)
        assert cosines[found["forward"][patch]] == pytest.approx(best, abs=1e-5)


@pytest.mark.parametrize("side", ["off", "above", "below"])
def test_components_are_those_of_the_core(side: str) -> None:
    entry, found = ask("components", **body(), view=VIEW | {"foreground": side})
    parts = features()
    mask = foreground(parts, "below" if side == "below" else "above")
    expected = principal_components(parts, 8, None if side == "off" else mask)
    assert entry["grids"] == [[8, 8], [5, 8], [5, 8]] and entry["count"] == 8
    scores = torch.from_numpy(found["scores"]).view(-1, 8)
    torch.testing.assert_close(scores, torch.cat(expected.scores), atol=1e-4, rtol=0)
    torch.testing.assert_close(torch.from_numpy(found["explained"]), expected.explained)
    assert found["mask"].tolist() == torch.cat(mask).int().tolist()


def test_of_two_models_each_has_components_of_its_own() -> None:
    _, found = ask("components", **body(2, (0, 1, 0)), view=VIEW)
    left, right = (principal_components([part], 8) for part in features(2))
    scores = torch.from_numpy(found["scores"]).view(-1, 8)
    torch.testing.assert_close(scores, torch.cat([*left.scores, *right.scores]), atol=1e-4, rtol=0)


def test_segments_are_those_of_the_core() -> None:
    entry, found = ask("segments", **body(), view=VIEW | {"k": 3})
    assert entry["k"] == 3 and found["labels"].tolist() == torch.cat(segments(features(), 3)).tolist()


def test_an_npz_has_features_grids_and_what_was_found() -> None:
    view = {"kind": "v", "lines": 3, "show": "pca"}
    entry, found = ask("comparison-file", **body(), view=view, oneSpace=True, format="npz")
    assert entry["name"] == "dinov2-small-layer-11-dinov2-small-layer-4-v.npz"
    with np.load(io.BytesIO(found["bytes"].tobytes())) as file:
        assert file["left_grid"].tolist() == [8, 8] and file["right_grid"].tolist() == [5, 8]
        expected = readers()[1].made.feature_map(4, "v").patches
        np.testing.assert_array_equal(file["right_features"], expected.numpy())
        assert file["matches_forward"].shape == (64,) and file["components_mask"].shape == (64 + 40 + 40,)
        assert "segments_labels" not in file


@pytest.mark.parametrize("one_space", [True, False])
def test_a_live_page_has_both_pictures_and_what_was_found(one_space: bool) -> None:
    view = {"show": "pca", "lines": 3, "within": "segment-0"}
    asked = body(3 if one_space else 2, (0, int(not one_space), 0))
    entry, found = ask("comparison-file", **asked, view=view, oneSpace=one_space, format="html")
    page = found["bytes"].tobytes().decode()
    assert page.startswith("<!doctype html>") and entry["type"] == "text/html" and "Picture 0 and Picture 1" in page
    assert ("matches:left/0|right/0/features/as-is" in page) is one_space
    assert '"components"' in page and '"segments"' in page


def test_the_python_names_files_models_and_layers() -> None:
    entry, _ = ask("comparison-snippet", **body(2), view={"kind": "q"}, oneSpace=True, asking=[3, 4])
    code = entry["code"]
    assert all(f"load_image('{number}.jpg')" in code for number in range(2)) and "load_model('dinov2-small')" in code
    assert "features=[4]" in code and "kind='q'" in code and "index(3, 4)" in code
    compile(code, "snippet", "exec")


REFUSED: list[Callable[[dict[str, Any]], Any]] = [
    lambda said: said.pop("parts"),
    lambda said: said["parts"].pop(),
    lambda said: said["parts"].extend([said["parts"][0]] * 12),
    lambda said: said["parts"][0].update(layer=12),
    lambda said: said["parts"][1].update(of="nobody"),
    lambda said: said["parts"][1].update(space=99),
    lambda said: said["parts"].__setitem__(0, 3),
    lambda said: said.update(view={"kind": "x"}),
]


@pytest.mark.parametrize("change", REFUSED)
def test_what_is_no_request_is_refused_in_a_sentence(change: Callable[[dict[str, Any]], Any]) -> None:
    said = body(2)
    change(said)
    answer = readers()[0].post("matches", said)
    assert answer.status_code == 400 and answer.json()["says"].startswith("Expected "), answer.text


@pytest.mark.parametrize("token", ["", "nobody's", None, 3])
def test_every_lease_of_a_request_must_last(token: Any) -> None:
    said = body(2)
    said["leases"]["1"] = token
    answer = readers()[0].post("matches", said)
    assert answer.status_code == 410 and readers()[1].token not in answer.text


def test_one_whose_lease_has_ended_is_gone_for_others_too() -> None:
    own, other = reader("raw-patches", 8, features=True), reader("raw-patches", 9, features=True)
    said = {"parts": [{"layer": 0}, {"of": "b", "layer": 0}], "leases": {"b": other.token}, "view": {"kind": "q"}}
    assert own.fetch("matches", **said).status_code == 200
    leases().end(other.token)
    assert own.post("matches", said).status_code == 410


def test_pictures_of_two_models_in_one_space_are_refused_in_a_sentence() -> None:
    one = reader("random-heads", 8, (("head_dim", 8), ("num_heads", 2), ("patch_size", 16)), features=True)
    other = reader("random-heads", 8, (("head_dim", 4), ("num_heads", 2), ("patch_size", 16)), features=True)
    said = {"parts": [{"layer": 0}, {"of": "b", "layer": 0}], "leases": {"b": other.token}, "view": {"kind": "q"}}
    answer = one.fetch("components", **said)
    assert answer.status_code == 400 and "features of one model" in answer.json()["says"]


def test_a_layer_without_features_says_so() -> None:
    one = reader("raw-patches", 8, features=True)
    said = {"parts": [{"layer": 0}, {"layer": 0}], "view": {"kind": "features"}}
    answer = one.fetch("segments", **said)
    assert answer.status_code == 400 and "has no features" in answer.json()["says"]


def test_what_was_found_goes_with_a_readers_own_picture() -> None:
    """Its digest stands in every name under which something made of it is kept."""
    store().forget(lambda _: True)
    for kind in ("matches", "components", "segments"):
        ask(kind, **body(2), view=VIEW)
        names = [str(each) for each in store().names() if f"'{kind}:" in str(each)]
        assert names and all(each.made.picture.digest in name for name in names for each in readers()[:2])
