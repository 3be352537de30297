"""Memory of the page "Atlas" for ten times as many pictures. The page holds only a part of an atlas.

All queries of one atlas add less memory per additional picture than one measure of all heads as DuckDB computes it. To
compare two atlases, names and numbers of one layer are joined: less than 256 bytes per picture and head of a layer.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attention_core.atlas.comparing import compare
from attention_core.atlas.labels import EVERY
from attention_core.atlas.reading import Atlas
from benchmarks.atlas_page import HEADS, LAYERS, write
from benchmarks.figure import Figure
from benchmarks.memory import in_fresh_process, peak_over_base

COUNTS, SHORT = (10_000, 100_000), (100, 1_000)
MEASURE = "entropy"
BYTES: Final = {"asked": LAYERS * 8, "compared": 256}
"""Upper limit per picture and head of a layer."""


def figures(short: bool = False) -> Iterator[Figure]:
    few, many = SHORT if short else COUNTS
    name = f"Atlas of {many:,} pictures × {LAYERS * HEADS} heads {{}}, memory at its peak above that of {few:,} pictures"
    with tempfile.TemporaryDirectory() as folder:
        for count in (few, many):
            write_two(Path(folder) / str(count), count)
        for what, most in BYTES.items():
            at_few, at_many = (in_fresh_process("benchmarks.atlas_memory", what, f"{folder}/{count}") for count in (few, many))
            yield Figure(name.format(what), at_many - at_few, (many - few) * HEADS * most / 2**20, "MB")


def write_two(folder: Path, pictures: int) -> None:
    """Write two atlases of the same pictures, the first with labels."""
    for seed, name in enumerate(("one", "other")):
        (folder / name).mkdir(parents=True)
        write(folder / name, pictures, seed)
    lines = (f"pictures/{at:06d}.jpg,{('cat', 'dog')[at % 2]}\n" for at in range(pictures))
    (folder / "one/labels.csv").write_text("picture,kind\n" + "".join(lines))


def asked(one: Atlas) -> None:
    """Ask every query of the page about one atlas, over all pictures and over some."""
    (labels,) = one.labels
    assert dict(labels.values("kind")).keys() == {"cat", "dog"}
    for only in (EVERY, labels.chosen("kind", ("cat",))):
        one.grid(MEASURE, only)
        layer, head, _ = one.varying(MEASURE, only)[0]
        one.spread(MEASURE, layer, head, only)
        for most in (True, False):
            one.pictures(MEASURE, layer, head, most, only=only)


def compared(one: Atlas, other: Atlas) -> None:
    """Compare two atlases, paired by names, over all pictures and over some."""
    for only in (EVERY, one.labels[0].chosen("kind", ("cat",))):
        assert compare(one, other, MEASURE, only).paired


def peak(what: str, folder: Path) -> float:
    """Return the megabytes above the memory that the process had with the atlases open."""
    one, other = (Atlas(folder / name) for name in ("one", "other"))
    return peak_over_base(lambda: asked(one) if what == "asked" else compared(one, other))


if __name__ == "__main__":
    print(peak(sys.argv[1], Path(sys.argv[2])))
