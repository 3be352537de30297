"""The atlas job with models that are not a ViT with CLS: one has no CLS, and one attends in windows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch

from attention_core import VisionModel
from attention_core.atlas import Settings, build, find_source, measure, read_manifest
from attention_core.atlas.columns import NAMES
from attention_core.atlas.places import Place
from attention_core.atlas.plan import read_patterns
from attention_core.atlas.reading import Atlas
from attention_core.images.decoding import load_image
from tests.atlas.models import folder_of, swin, vit

PICTURES = 7
MODELS: dict[str, tuple[Callable[[], VisionModel], list[int], set[str]]] = {
    "no CLS": (lambda: vit(False), [3, 3, 3], set(NAMES)),
    "windows": (swin, [2, 2, 3, 3], {"entropy", "prefix_share", "contribution"}),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_of(tmp_path_factory.mktemp("pictures"), PICTURES, broken=1)


def asked(model: VisionModel) -> Settings:
    across = None if model.fixed_grid else 6
    return Settings(across=across, batch_size=3, shard_size=5, cls_map=True, features=True)


@pytest.fixture(scope="module", params=MODELS)
def made(request: pytest.FixtureRequest, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    out = tmp_path_factory.mktemp("atlas")
    model = MODELS[request.param][0]()
    build(find_source(folder), model, out, asked(model))
    return request.param, out


def test_rows_are_those_of_measure(made: tuple[str, Path], folder: Path) -> None:
    kind, out = made
    model = MODELS[kind][0]()
    paths = [(path.name, path) for path in sorted(folder.glob("*.png"))]
    options = {"across": asked(model).across, "means": read_patterns(Place.of(out)), "cls_map": True}
    expected = [line for path in paths for one in measure([path], model, batch_size=1, **options) for line in one.to_pylist()]
    found = pq.read_table(out).to_pylist()
    assert len(found) == PICTURES * sum(MODELS[kind][1])
    for line, other in zip(found, expected, strict=True):
        for name, value in other.items():
            assert line[name] == (pytest.approx(value, rel=1e-6, abs=1e-6) if isinstance(value, float) else value), name


def test_measures_that_a_model_lacks_are_null(made: tuple[str, Path]) -> None:
    kind, out = made
    rows = pq.read_table(out)
    assert {name for name in NAMES if rows[name].null_count == 0} == MODELS[kind][2]
    assert {name for name in NAMES if rows[name].null_count == len(rows)} == set(NAMES) - MODELS[kind][2]
    assert rows["cls_map"].null_count == len(rows), "there is no CLS"


def test_it_opens_with_all_its_heads(made: tuple[str, Path]) -> None:
    kind, out = made
    heads, has = MODELS[kind][1:]
    assert read_manifest(out).heads == heads
    atlas, rows = Atlas(out), pq.read_table(out)
    assert {measure.name for measure in atlas.measures} == has and atlas.pictures_there == PICTURES
    for name in NAMES:
        grid = atlas.grid(name)
        expected = np.full((len(heads), max(heads)), np.nan)
        if name in has:
            values = rows[name].to_numpy().astype(float).reshape(PICTURES, -1).mean(0)
            places = [(layer, head) for layer, count in enumerate(heads) for head in range(count)]
            expected[tuple(zip(*places, strict=True))] = values
        np.testing.assert_allclose(grid.mean, expected, rtol=1e-6)


def test_features_are_the_mean_over_patches_of_what_timm_returns(made: tuple[str, Path], folder: Path) -> None:
    kind, out = made
    model = MODELS[kind][0]()
    kept = pq.read_table(out / "_features").to_pylist()
    paths = sorted(folder.glob("*.png"))
    assert [line["picture"] for line in kept] == [path.name for path in paths]
    for line, path in zip(kept, paths, strict=True):
        image = load_image(path)
        grid = model.grid_for(image, asked(model).across)
        with torch.inference_mode():
            features = model.module.forward_features(model.preprocess(image, grid))
            if kind == "no CLS":  # timm has this norm in the head and pools over patches there
                features = model.module.fc_norm(features)
        mean = features.flatten(1, -2).mean(1)[0]
        assert line["features"] == pytest.approx(mean.tolist(), abs=1e-5)
