"""Two atlases compared with NumPy. Shared pictures are paired by name. Without shared pictures, nothing is paired."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from attention_core.atlas import comparing
from attention_core.atlas.columns import NAMES
from attention_core.atlas.comparing import compare
from attention_core.atlas.labels import Labels
from attention_core.atlas.manifest import AtlasError
from attention_core.atlas.reading import Atlas
from tests.atlas.written import drop_measure, numbers, write_atlas

ENTROPY = NAMES.index("entropy")


def opened(folder: Path, values: np.ndarray, names: list[str] | None = None) -> Atlas:
    return Atlas(write_atlas(folder, values, names))


def test_shared_pictures_are_paired_in_any_order(tmp_path: Path) -> None:
    first = numbers(40)
    second = first + numbers(40, seed=1) / 10
    turned = np.random.default_rng(0).permutation(40)
    one = opened(tmp_path / "one", first)
    other = opened(tmp_path / "other", second[turned][:30], [f"{at:04d}.jpg" for at in turned[:30]])
    steps: list[tuple[int, int]] = []
    found = compare(one, other, "entropy", on_layer=lambda done, total: steps.append((done, total)))
    apart = (second - first)[turned[:30], ..., ENTROPY].astype(float)
    np.testing.assert_allclose(found.difference, apart.mean(0), rtol=1e-5)
    np.testing.assert_allclose(found.effect, apart.mean(0) / apart.std(0, ddof=1), rtol=1e-4)
    np.testing.assert_allclose(found.other, second[turned[:30], ..., ENTROPY].astype(float).mean(0), rtol=1e-6)
    assert found.paired and found.pictures == (30, 30) and (found.count == 30).all()
    assert (found.low < found.difference).all() and (found.difference < found.high).all()
    half = 1.96 * apart.std(0, ddof=1) / np.sqrt(30)
    np.testing.assert_allclose(found.high - found.low, 2 * half, rtol=0.25)
    assert steps == [(1, 3), (2, 3), (3, 3)]
    assert "Paired over the 30 pictures" in found.says and "d_z" in found.says


def test_many_shared_pictures_fall_into_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = numbers(40), numbers(40, seed=1)
    one, other = opened(tmp_path / "one", first), opened(tmp_path / "other", second)
    exact = compare(one, other, "entropy")
    monkeypatch.setattr(comparing, "MOST_GROUPS", 8)
    grouped = compare(one, other, "entropy")
    np.testing.assert_allclose(grouped.difference, exact.difference, rtol=1e-9)
    np.testing.assert_allclose(grouped.effect, exact.effect, rtol=1e-9)
    assert not np.array_equal(grouped.low, exact.low)


def test_different_pictures_are_compared_unpaired(tmp_path: Path) -> None:
    first, second = numbers(25), numbers(40, seed=1) + 0.5
    one = opened(tmp_path / "one", first)
    other = opened(tmp_path / "other", second, [f"other-{at}.jpg" for at in range(40)])
    found = compare(one, other, "entropy")
    a, b = first[..., ENTROPY].astype(float), second[..., ENTROPY].astype(float)
    np.testing.assert_allclose(found.difference, b.mean(0) - a.mean(0), rtol=1e-9)
    pooled = np.sqrt((24 * a.var(0, ddof=1) + 39 * b.var(0, ddof=1)) / 63)
    np.testing.assert_allclose(found.effect, (b.mean(0) - a.mean(0)) / pooled * (1 - 3 / (4 * 63 - 1)), rtol=1e-9)
    width = 2 * 1.96 * np.sqrt(a.var(0, ddof=1) / 25 + b.var(0, ddof=1) / 40)
    np.testing.assert_allclose(found.high - found.low, width, rtol=0.25)
    assert not found.paired and found.pictures == (25, 40) and "25 here against 40 there" in found.says
    assert found.effect_name == "Hedges’ g"


def test_layers_and_heads_that_one_lacks_are_left_out(tmp_path: Path) -> None:
    one = opened(tmp_path / "one", numbers(20, layers=3, heads=2))
    other = opened(tmp_path / "other", numbers(20, layers=2, heads=4))
    assert compare(one, other, "entropy").difference.shape == (2, 2)


def test_no_difference_has_no_effect_size(tmp_path: Path) -> None:
    one, other = opened(tmp_path / "one", numbers(20)), opened(tmp_path / "other", numbers(20))
    found = compare(one, other, "entropy")
    assert (found.difference == 0).all() and np.isnan(found.effect).all()


def test_labels_choose_the_pictures_of_both(tmp_path: Path) -> None:
    first, second = numbers(20), numbers(20, seed=1)
    (tmp_path / "pictures").mkdir()
    csv = tmp_path / "pictures" / "labels.csv"
    csv.write_text("picture,kind\n" + "".join(f"{at:04d}.jpg,{'cat' if at < 8 else 'dog'}\n" for at in range(20)))
    one = Atlas(write_atlas(tmp_path / "one", first, source=tmp_path / "pictures"))
    other = opened(tmp_path / "other", second)
    found = compare(one, other, "entropy", Labels(csv).chosen("kind", ("cat",)))
    np.testing.assert_allclose(found.difference, (second - first)[:8, ..., ENTROPY].astype(float).mean(0), rtol=1e-5)
    assert found.pictures == (8, 8)


@pytest.mark.parametrize("paired", [True, False])
def test_a_measure_that_one_atlas_lacks_is_not_compared(tmp_path: Path, paired: bool) -> None:
    names = None if paired else [f"other {at}.jpg" for at in range(20)]
    one = opened(tmp_path / "one", numbers(20))
    write_atlas(tmp_path / "old", numbers(20, seed=1), names)
    old = Atlas(drop_measure(tmp_path / "old", "entropy"))
    for pair in ((one, old), (old, one)):
        with pytest.raises(AtlasError, match=r"entropy is not measured in .*old"):
            compare(*pair, "entropy")
    assert np.isfinite(compare(one, old, "contribution").difference).all()


def test_pictures_without_the_measure_are_not_paired(tmp_path: Path) -> None:
    one = opened(tmp_path / "one", numbers(20))
    write_atlas(tmp_path / "gone on with", numbers(20, seed=1))
    found = compare(one, Atlas(drop_measure(tmp_path / "gone on with", "entropy", 1)), "entropy")
    assert found.pictures == (4, 4) and (found.count == 4).all() and found.paired
