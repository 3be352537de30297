"""What the page "Atlas" takes of memory over ten times as many pictures: what it holds is no atlas, but a part of one.

All that is asked of one atlas takes, of the pictures that came, less than one measure of all heads as DuckDB computes with it.
Of two that are compared names and numbers of one layer are joined: less than NAMED bytes for each picture and head of a layer.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

from attention_core.atlas.comparing import compare
from attention_core.atlas.labels import EVERY
from attention_core.atlas.reading import Atlas
from benchmarks.atlas_page import HEADS, LAYERS, write
from benchmarks.figure import Figure
from benchmarks.memory import in_fresh_process, peak_over_base

FEW, MANY = 10_000, 100_000
MEASURE = "entropy"
DOUBLE, NAMED = 8, 256
MORE: Final = (MANY - FEW) * HEADS / 2**20
AT_MOST: Final = {"asked": MORE * LAYERS * DOUBLE, "compared": MORE * NAMED}
"""Megabytes."""


def figures() -> list[Figure]:
    name = f"Atlas of {MANY:,} pictures × {LAYERS * HEADS} heads {{}}, memory at its peak above that of {FEW:,} pictures"
    with tempfile.TemporaryDirectory() as folder:
        for count in (FEW, MANY):
            write_two(Path(folder) / str(count), count)
        return [Figure(name.format(what), more(what, folder), at_most, "MB") for what, at_most in AT_MOST.items()]


def more(what: str, folder: str) -> float:
    many, few = (in_fresh_process("benchmarks.atlas_memory", what, f"{folder}/{count}") for count in (MANY, FEW))
    return many - few


def write_two(folder: Path, pictures: int) -> None:
    """Two atlases of the same pictures, the first with labels."""
    for seed, name in enumerate(("one", "other")):
        (folder / name).mkdir(parents=True)
        write(folder / name, pictures, seed)
    lines = (f"pictures/{at:06d}.jpg,{('cat', 'dog')[at % 2]}\n" for at in range(pictures))
    (folder / "one/labels.csv").write_text("picture,kind\n" + "".join(lines))


def asked(one: Atlas) -> None:
    """Every question of the page about one atlas, of all pictures and of some."""
    (labels,) = one.labels
    assert dict(labels.values("kind")).keys() == {"cat", "dog"}
    for only in (EVERY, labels.chosen("kind", ("cat",))):
        one.grid(MEASURE, only)
        layer, head, _ = one.varying(MEASURE, only)[0]
        one.spread(MEASURE, layer, head, only)
        for most in (True, False):
            one.pictures(MEASURE, layer, head, most, only=only)


def compared(one: Atlas, other: Atlas) -> None:
    """Paired by names, of all pictures and of some."""
    for only in (EVERY, one.labels[0].chosen("kind", ("cat",))):
        assert compare(one, other, MEASURE, only).paired


def peak(what: str, folder: Path) -> float:
    """Megabytes above what the process had with the atlases open."""
    one, other = (Atlas(folder / name) for name in ("one", "other"))
    return peak_over_base(lambda: asked(one) if what == "asked" else compared(one, other))


if __name__ == "__main__":
    print(peak(sys.argv[1], Path(sys.argv[2])) if sys.argv[1:] else "\n".join(figure.row() for figure in figures()))
