"""The atlas that ships has the numbers that the model gives for the photographs that ship."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from attention_core import load_model
from attention_core.atlas import measure
from docs.make_atlas import ACROSS, ATLASES, WHOLE, crops

SHARD = ATLASES / "photographs/shard-000000.parquet"
NUMBERS = ("entropy", "mean_distance", "prefix_share", "contribution")


def test_it_has_every_photograph_and_parts_of_it() -> None:
    names = set(pq.read_table(SHARD, columns=["picture"])["picture"].to_pylist())
    assert names == {crop.name for crop in crops()}
    photographs = {name for name in names if "#" not in name}
    assert photographs == {path.name for path in (ATLASES.parent / "photos").glob("*.jpg")}
    assert {name.partition("#")[0] for name in names - photographs} == photographs


@pytest.mark.nightly
def test_its_numbers_are_those_of_the_model() -> None:
    kept = {(row["picture"], row["layer"], row["head"]): row for row in pq.read_table(SHARD).to_pylist()}
    some = [crop for number, crop in enumerate(crops()) if crop.size == WHOLE or number % 10 == 5]
    model = load_model("dinov2-small", device="cpu")
    count = 0
    for table in measure([(crop.name, crop.image()) for crop in some], model, across=ACROSS):
        for row in table.to_pylist():
            shipped = kept[row["picture"], row["layer"], row["head"]]
            assert [row[name] for name in NUMBERS] == pytest.approx([shipped[name] for name in NUMBERS], rel=1e-5, abs=1e-5)
            count += 1
    assert count == len(some) * 72 and len(some) > 7
