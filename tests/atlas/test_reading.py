"""An atlas's answers, compared with NumPy over the same numbers, and folders that are not atlases."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest

from attention_core.atlas import reading
from attention_core.atlas.columns import NAMES
from attention_core.atlas.manifest import MANIFEST, AtlasError
from attention_core.atlas.reading import SHARES, Atlas
from tests.atlas.written import HEADS, LAYERS, drop_measure, numbers, write_atlas

PICTURES = 45
ENTROPY = NAMES.index("entropy")


@pytest.fixture
def values() -> np.ndarray:
    return numbers(PICTURES)


@pytest.fixture
def atlas(tmp_path: Path, values: np.ndarray) -> Atlas:
    return Atlas(write_atlas(tmp_path / "atlas", values))


def test_the_grid_equals_numpy(atlas: Atlas, values: np.ndarray) -> None:
    for at, name in enumerate(NAMES):
        grid, expected = atlas.grid(name), values[..., at].astype(float)
        np.testing.assert_allclose(grid.mean, expected.mean(0), rtol=1e-12)
        np.testing.assert_allclose(grid.deviation, expected.std(0, ddof=1), rtol=1e-9)
        assert (grid.count == PICTURES).all() and grid.pictures == PICTURES == atlas.pictures_there
        assert (grid.low < grid.mean).all() and (grid.mean < grid.high).all()


def test_many_pictures_fall_into_groups_and_mean_and_spread_stay_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: np.ndarray
) -> None:
    monkeypatch.setattr(reading, "MOST_GROUPS", 7)
    atlas = Atlas(write_atlas(tmp_path / "atlas", values))
    groups = atlas.groups("entropy")
    expected = values[..., ENTROPY].astype(float)
    assert 1 < len(groups.sums) <= 7
    np.testing.assert_allclose(groups.mean, expected.mean(0), rtol=1e-12)
    np.testing.assert_allclose(groups.deviation, expected.std(0, ddof=1), rtol=1e-9)


def test_pictures_without_a_number_do_not_count(tmp_path: Path, values: np.ndarray) -> None:
    values[3:10, 1, 0, ENTROPY] = np.nan
    values[10, 1, 0, ENTROPY] = np.inf
    values[:, 2, 1, ENTROPY] = np.nan
    values[..., NAMES.index("similarity")] = np.nan
    atlas = Atlas(write_atlas(tmp_path / "atlas", values))
    grid = atlas.grid("entropy")
    left = np.concatenate([values[:3, 1, 0, ENTROPY], values[11:, 1, 0, ENTROPY]]).astype(float)
    assert grid.count[1, 0] == PICTURES - 8 and grid.count[2, 1] == 0
    assert (
        grid.mean[1, 0] == pytest.approx(left.mean())
        and np.isnan([grid.mean[2, 1], grid.low[2, 1], grid.deviation[2, 1]]).all()
    )
    assert atlas.spread("entropy", 2, 1).pictures == 0 and atlas.pictures("entropy", 2, 1) == []
    assert [measure.name for measure in atlas.measures] == [name for name in NAMES if name != "similarity"]


def test_heads_that_vary_most_come_first(atlas: Atlas, values: np.ndarray) -> None:
    deviation = values[..., ENTROPY].astype(float).std(0, ddof=1)
    order = np.argsort(-deviation.ravel())
    found = atlas.varying("entropy")
    assert [(layer, head) for layer, head, _ in found] == [tuple(divmod(int(at), HEADS)) for at in order]
    assert [size for *_, size in found] == pytest.approx(list(deviation.ravel()[order]))


def test_the_spread_of_a_head_is_that_of_numpy(atlas: Atlas, values: np.ndarray) -> None:
    expected = values[:, 1, 1, ENTROPY].astype(float)
    spread = atlas.spread("entropy", 1, 1)
    assert spread.quantiles == pytest.approx(np.quantile(expected, SHARES))
    counts, edges = np.histogram(expected, reading.BINS)
    np.testing.assert_array_equal(spread.counts, counts)
    np.testing.assert_allclose(spread.edges, edges)
    assert (spread.mean, spread.deviation) == pytest.approx((expected.mean(), expected.std(ddof=1)))


def test_a_constant_head_has_a_spread(tmp_path: Path, values: np.ndarray) -> None:
    spread = Atlas(write_atlas(tmp_path / "atlas", np.ones_like(values))).spread("entropy", 0, 0)
    assert spread.counts.sum() == PICTURES and spread.deviation == 0 and spread.quantiles[0] == spread.quantiles[-1] == 1


def test_most_and_least_equal_numpy_and_ties_go_by_name(tmp_path: Path, values: np.ndarray) -> None:
    values[[7, 2, 30], 0, 1, ENTROPY] = 99
    atlas = Atlas(write_atlas(tmp_path / "atlas", values))
    most = atlas.pictures("entropy", 0, 1, count=5)
    assert [name for name, _ in most[:3]] == ["0002.jpg", "0007.jpg", "0030.jpg"] and most[0][1] == 99
    least = atlas.pictures("entropy", 0, 1, most=False, count=4)
    order = np.argsort(values[:, 0, 1, ENTROPY])[:4]
    assert least == [(f"{at:04d}.jpg", float(values[at, 0, 1, ENTROPY])) for at in order]


def test_several_threads_may_ask_at_once(atlas: Atlas) -> None:
    found: list[float] = []
    threads = [threading.Thread(target=lambda: found.append(float(atlas.grid("entropy").mean.sum()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1


def test_an_unfinished_atlas_has_its_present_rows(tmp_path: Path, values: np.ndarray) -> None:
    atlas = Atlas(write_atlas(tmp_path / "atlas", values, finished=False, shards=2))
    assert not atlas.manifest.finished and atlas.pictures_there == 32 and atlas.manifest.pictures == PICTURES
    np.testing.assert_allclose(atlas.grid("entropy").mean, values[:32, ..., ENTROPY].astype(float).mean(0))


def test_its_cache_key_changes_with_its_shards(tmp_path: Path, values: np.ndarray) -> None:
    folder = write_atlas(tmp_path / "atlas", values, finished=False, shards=1)
    before = Atlas(folder).identity
    assert Atlas(folder).identity == before
    write_atlas(folder, values, finished=False, shards=2)
    assert Atlas(folder).identity != before


def test_a_name_may_hold_anything(tmp_path: Path, values: np.ndarray) -> None:
    names = [f'pictures [{at}]/it\'s "{at}"; DROP TABLE x --.jpg' for at in range(PICTURES)]
    atlas = Atlas(write_atlas(tmp_path / "we[ir]d *d'ir", values, names))
    assert atlas.pictures("entropy", 0, 0, count=1)[0][0] in names
    name, value = atlas.pictures("entropy", 0, 0, count=1)[0]
    assert atlas.value("entropy", 0, 0, name) == value and np.isnan(atlas.value("entropy", 0, 0, "other"))


def test_a_measure_is_one_of_the_schema(atlas: Atlas) -> None:
    with pytest.raises(ValueError, match="an atlas has the measures entropy, mean_distance"):
        atlas.grid("entropy) FROM read_csv('/etc/passwd') --")


def sentence(folder: Path) -> str:
    with pytest.raises(AtlasError) as error:
        Atlas(folder).grid("entropy")
    text = str(error.value)
    assert "\n" not in text and text.endswith(".")
    return text


def test_a_folder_that_is_not_an_atlas_gives_a_sentence(tmp_path: Path, values: np.ndarray) -> None:
    assert "is no atlas: no _manifest.json in it" in sentence(tmp_path)
    assert "is still being written" in sentence(write_atlas(tmp_path / "begun", values, finished=False, shards=0))
    assert "is empty" in sentence(write_atlas(tmp_path / "empty", values, shards=0))
    old = write_atlas(tmp_path / "old", values)
    said = json.loads((old / MANIFEST).read_text())
    (old / MANIFEST).write_text(json.dumps(said | {"version": 0}))
    assert "an older Regard" in sentence(old)


def test_a_damaged_shard_gives_a_sentence(tmp_path: Path, values: np.ndarray) -> None:
    folder = write_atlas(tmp_path / "atlas", values)
    shard = folder / "shard-000001.parquet"
    shard.write_bytes(shard.read_bytes()[:-50])
    assert "one of its files is damaged" in sentence(folder)
    shard.write_bytes(b"")
    assert "one of its files is damaged" in sentence(folder)


def test_foreign_columns_give_a_sentence(tmp_path: Path, values: np.ndarray) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = write_atlas(tmp_path / "atlas", values)
    for shard in folder.glob("shard-*"):
        pq.write_table(pa.table({"picture": ["a"], "layer": [0], "head": [0]}), shard)
    assert "lacks the column" in sentence(folder)


def test_an_atlas_that_lacks_a_newer_measure_opens(tmp_path: Path, values: np.ndarray) -> None:
    folder = write_atlas(tmp_path / "atlas", values)
    before = Atlas(folder)
    assert before.unmeasured == ()
    atlas = Atlas(drop_measure(folder, "entropy"))
    assert [measure.name for measure in atlas.unmeasured] == ["entropy"]
    assert {measure.name for measure in atlas.measures} == set(NAMES) - {"entropy"}
    np.testing.assert_array_equal(atlas.grid("contribution").mean, before.grid("contribution").mean)
    questions = (atlas.grid, lambda name: atlas.spread(name, 0, 0), lambda name: atlas.pictures(name, 0, 0))
    for ask in (*questions, lambda name: atlas.value(name, 0, 0, "0000.jpg")):
        with pytest.raises(AtlasError, match=r"^entropy is not measured in .*atlas: make the atlas again to have it\.$"):
            ask("entropy")


@pytest.mark.parametrize("lacking", [1, 2])
def test_an_atlas_resumed_by_a_newer_regard_has_the_measure_for_later_pictures(
    tmp_path: Path, values: np.ndarray, lacking: int
) -> None:
    atlas = Atlas(drop_measure(write_atlas(tmp_path / "atlas", values), "entropy", lacking))
    assert atlas.unmeasured == () and len(atlas.measures) == len(NAMES) and atlas.pictures_there == PICTURES
    later = values[16 * lacking :, ..., ENTROPY].astype(float)
    found = atlas.grid("entropy")
    np.testing.assert_allclose(found.mean, later.mean(0))
    assert found.pictures == PICTURES and (found.count == len(later)).all()
    assert atlas.spread("entropy", 1, 1).pictures == len(later)
    np.testing.assert_allclose(atlas.grid("contribution").mean, values[..., NAMES.index("contribution")].astype(float).mean(0))


def test_links_among_the_shards_lead_nowhere(tmp_path: Path, values: np.ndarray) -> None:
    secret = write_atlas(tmp_path / "secret", values)
    folder = write_atlas(tmp_path / "atlas", values, shards=1)
    (folder / "shard-000001.parquet").symlink_to(secret / "shard-000001.parquet")
    assert Atlas(folder).pictures_there == 16


def test_heads_beyond_those_that_the_manifest_names_are_left_out(tmp_path: Path, values: np.ndarray) -> None:
    folder = write_atlas(tmp_path / "atlas", values)
    said = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(said | {"heads": [1, 1], "layers": ["a", "b"]}))
    assert Atlas(folder).grid("entropy").mean.shape == (2, 1) != (LAYERS, HEADS)
