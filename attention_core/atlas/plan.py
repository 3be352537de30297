"""What an atlas will consist of, written before its first shard: whoever goes on with it reads it and makes the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from attention_core.atlas import means
from attention_core.atlas.manifest import MANIFEST, AtlasError, Manifest, parse_manifest
from attention_core.atlas.measuring import Measurer
from attention_core.atlas.patterns import MeanPatterns
from attention_core.atlas.places import Place, where_of
from attention_core.atlas.sources import Source
from attention_core.models import VisionModel

PICTURES: Final = "_pictures.pq"
"""Names of all pictures as Parquet, a row group for each shard: what comes into the folder later is not of this atlas."""
PATTERNS: Final = "_mean_patterns.safetensors"
LOCK: Final = "_lock"
SHARD_SIZE: Final = 1024


@dataclass(frozen=True)
class Settings:
    """What an atlas is made with, besides the model.

    across: patches along the longer side; None takes the model's own number. weights: digest of a checkpoint of one's own.
    """

    across: int | None = None
    batch_size: int = 16
    shard_size: int = SHARD_SIZE
    cls_map: bool = False
    features: bool = False
    weights: str = ""


def begin(source: Source, model: VisionModel, out: Place, asked: Settings) -> Manifest:
    """The manifest of an atlas that was begun, or of a new one.

    Raises AtlasError where another atlas was begun there, ValueError where there are no pictures, and OSError where the folder
    cannot be written.
    """
    if (out / MANIFEST).kind:
        begun = parse_manifest((out / MANIFEST).read(), out.path)
        _require_same(begun, source, model, asked, out)
        return begun
    if any(each.name not in (PICTURES, PATTERNS, LOCK) and not each.name.startswith(".") for each in out.files_in()):
        raise AtlasError(f"{out.path} has other files in it; give an empty or a new folder as --out")
    out.make_folder()
    measurer = Measurer(model, patterns=True)
    names = write_names(out / PICTURES, _outside(out, source), asked.shard_size)
    if names == 0:
        raise ValueError(f"there are no pictures in {source.where}")
    sample = means.read_sample(source, _outside(out, source))
    patterns = means.mean_patterns(sample, measurer, asked.across, asked.batch_size)
    (out / PATTERNS).write(means.to_bytes(patterns))
    manifest = Manifest(
        model=model.name,
        title=model.title,
        weights=asked.weights,
        heads=measurer.heads,
        layers=measurer.paths,
        prefix_tokens=list(model.prefix_tokens),
        patch_size=model.patch_size,
        across=asked.across,
        dtype=str(model.dtype).removeprefix("torch."),
        source=source.where,
        pictures=names,
        shard_size=asked.shard_size,
        cls_map=asked.cls_map,
        features=asked.features,
    )
    (out / MANIFEST).write(manifest.to_bytes())
    return manifest


def _outside(out: Place, source: Source) -> Iterator[str]:
    """Names of pictures without what lies in the atlas itself, where that is in the pictures' folder."""
    inside = f"{where_of(out).removeprefix(source.where.rstrip('/') + '/')}/"
    return (name for name in source.names() if not name.startswith(inside))


def _require_same(begun: Manifest, source: Source, model: VisionModel, asked: Settings, out: Place) -> None:
    """What was asked for is what was begun."""
    wanted = {
        "model": model.name,
        "weights": asked.weights,
        "across": asked.across,
        "dtype": str(model.dtype).removeprefix("torch."),
        "patch_size": model.patch_size,
        "source": source.where,
        "shard_size": asked.shard_size,
        "cls_map": asked.cls_map,
        "features": asked.features,
    }
    for name, value in wanted.items():
        if (had := getattr(begun, name)) != value:
            what = f"{name.replace('_', ' ')} {had!r}, not {value!r}"
            raise AtlasError(f"{out.path} was begun with {what}; ask for the same, or give another --out")


def write_names(place: Place, names: Iterable[str], a_group: int) -> int:
    """Names as Parquet, so many in a row group; returns how many there are."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([pa.field("picture", pa.string(), False)])
    count, some = 0, list[str]()
    with place.whole() as path, pq.ParquetWriter(path, schema, filesystem=place.files, compression="zstd") as file:
        for name in names:
            some.append(name)
            count += 1
            if len(some) == a_group:
                file.write_table(pa.table([some], schema=schema))
                some = []
        if some:
            file.write_table(pa.table([some], schema=schema))
    return count


def read_names(out: Place, shard: int) -> list[str]:
    """The names of the pictures of one shard."""
    import pyarrow.parquet as pq

    with (out / PICTURES).files.open_input_file((out / PICTURES).path) as file:
        names: list[str] = pq.ParquetFile(file).read_row_group(shard).column(0).to_pylist()
    return names


def number_of(out: Place, name: str) -> int | None:
    """Which of all pictures has that name; None where none has. Reads names a row group at a time."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    before = 0
    with (out / PICTURES).files.open_input_file((out / PICTURES).path) as file:
        for batch in pq.ParquetFile(file).iter_batches(1 << 16, columns=["picture"]):
            found = pc.index(batch.column(0), name).as_py()
            if found >= 0:
                return before + int(found)
            before += batch.num_rows
    return None


def read_patterns(out: Place) -> MeanPatterns:
    """Of an atlas that was begun."""
    return means.from_bytes((out / PATTERNS).read())
