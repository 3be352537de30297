"""Atlas folders are untrusted: each one opens, or a sentence says why it is not an atlas."""

from __future__ import annotations

import contextlib
import json
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from attention_core.atlas.filling import Failure
from attention_core.atlas.manifest import MANIFEST, AtlasError
from attention_core.atlas.places import Place
from attention_core.atlas.reading import Atlas
from attention_core.atlas.shards import FAILURES, NUMBERS, failures_in, metadata_of, numbers_in
from tests.atlas.written import numbers, write_atlas
from tests.damaged import files

pa = pytest.importorskip("pyarrow")
pytest.importorskip("duckdb")

EXAMPLES: Final = [40, pytest.param(800, marks=pytest.mark.nightly)]
LARGEST: Final = pytest.param([64] * 128, marks=pytest.mark.nightly)
MOST_MEMORY: Final = 500
"""MB that all of these may take in addition to the memory in use before."""


def opens_or_says_why(folder: Path) -> None:
    try:
        atlas = Atlas(folder)
        grid = atlas.grid("entropy")
        assert grid.mean.shape == atlas.shape and atlas.measures
        atlas.spread("entropy", 0, 0)
        atlas.pictures("entropy", 0, 0)
    except AtlasError as error:
        said = str(error)
        assert said.endswith(".") and "\n" not in said, said


def hold(examples: int, changes: some.SearchStrategy[Any], write: Callable[[Any], Path]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    @given(changes)
    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    def holds(change: Any) -> None:
        opens_or_says_why(write(change))

    holds()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < before + MOST_MEMORY * 1024


@pytest.mark.parametrize("examples", EXAMPLES)
def test_a_manifest_is_untrusted(tmp_path: Path, examples: int) -> None:
    folder = write_atlas(tmp_path / "atlas", numbers(20))
    valid = json.loads((folder / MANIFEST).read_text())

    def write(body: bytes) -> Path:
        (folder / MANIFEST).write_bytes(body)
        return folder

    hold(examples, files(valid), write)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_a_shard_is_untrusted(tmp_path: Path, examples: int) -> None:
    """The changed bytes may lie anywhere. Most lie in Parquet's metadata at the end of the file."""
    folder = write_atlas(tmp_path / "atlas", numbers(20))
    shard = folder / "shard-000001.parquet"
    valid = np.frombuffer(shard.read_bytes(), np.uint8)
    length = len(valid)
    places = some.integers(max(0, length - 3000), length - 1) | some.integers(0, length - 1)

    def write(changes: dict[int, int]) -> Path:
        changed = valid.copy()
        changed[list(changes)] = list(changes.values())
        shard.write_bytes(changed.tobytes())
        return folder

    hold(examples, some.dictionaries(places, some.integers(0, 255), min_size=1, max_size=4), write)


@pytest.mark.parametrize("heads", [LARGEST, [1] * 127 + [64], [64] * 129, [4096] * 1024, [9] * 1000])
def test_a_manifest_of_many_heads_takes_little_memory(tmp_path: Path, heads: list[int]) -> None:
    folder = write_atlas(tmp_path / "atlas", numbers(200))
    said = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(said | {"heads": heads, "layers": [""] * len(heads)}))
    hold(1, some.just(folder), lambda each: each)


@given(some.sampled_from([NUMBERS, FAILURES]), files([["a.jpg", "it is no picture"]]) | files([0, 1, 2]))
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_the_pictures_in_a_part_are_untrusted(tmp_path: Path, name: bytes, said: bytes) -> None:
    place = Place.of(tmp_path) / "part.parquet"
    table = pa.table({"picture": pa.array([], pa.string())})
    place.write_table(table.replace_schema_metadata({name: said}))
    for read in (numbers_in, failures_in):
        with contextlib.suppress(AtlasError):
            found = read(metadata_of(place), place)
            assert all(isinstance(each, int if read is numbers_in else Failure) for each in found)


@given(some.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_that_is_not_parquet_gives_a_sentence(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "part.parquet").write_bytes(b"PAR1" + data + b"PAR1")
    with pytest.raises(AtlasError, match=r"part\.parquet is damaged or not what `regard atlas` writes; .*\.$"):
        metadata_of(Place.of(tmp_path) / "part.parquet")
