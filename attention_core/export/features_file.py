"""Features of many pictures in one file: NPZ, safetensors, or Parquet with a row for each patch."""

from __future__ import annotations

import importlib.util
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from attention_core.tokens.feature_map import FeatureMap

Pictures = Iterable[tuple[str, FeatureMap]]
FORMATS: Final = ("npz", "safetensors", "parquet")
ABOUT: Final = "regard.features"
"""Under this name a file says, as JSON, what its features are of."""


def write_features(out: str | Path, pictures: Pictures, about: Mapping[str, object] | None = None) -> int:
    """Write each picture's features as they come; returns how many there were. The file appears once it is whole.

    NPZ and safetensors hold for picture number i `patches_i` (rows · cols, D), `prefix_i` (P, D), both float32, and `grid_i`
    (rows, cols, pixels of a patch), and the names in order: in NPZ as `pictures`, in safetensors' metadata as JSON. Parquet
    has the columns picture, row, col and features, a list of float32, and one row group a picture; it holds no prefix tokens.
    NPZ and Parquet hold one picture in memory at a time.

    Args:
        out: ends in one of FORMATS.
        pictures: names and features of pictures, which may be computed as they are asked for.
        about: what else the file shall say, such as the model; read once all pictures are there.

    Raises:
        ValueError: where `out` ends otherwise, Parquet cannot be written here, or there are no pictures.
        OSError: where the file cannot be written.
    """
    path = Path(out)
    write, said = _writer(path), {} if about is None else about
    unfinished = path.with_name(f".{path.name}.part")
    try:
        count = write(unfinished, pictures, said)
        if count == 0:
            raise ValueError("there is no picture to write features of")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def require_format(path: Path) -> None:
    """Raises ValueError where a file of that name cannot be written here."""
    _writer(path)


Writer = Callable[[Path, Pictures, Mapping[str, object]], int]


def _writer(path: Path) -> Writer:
    kind = path.suffix[1:].lower()
    if kind not in FORMATS:
        raise ValueError(f"features are written as .{', .'.join(FORMATS)}; received {path.name}")
    if kind == "parquet" and importlib.util.find_spec("pyarrow") is None:
        raise ValueError("Parquet needs pyarrow: run `pip install pyarrow`, or write .npz or .safetensors")
    return {"npz": _write_npz, "safetensors": _write_safetensors, "parquet": _write_parquet}[kind]


def _write_npz(path: Path, pictures: Pictures, about: Mapping[str, object]) -> int:
    names = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number, (name, found) in enumerate(pictures):
            names.append(name)
            for key, values in _arrays(number, found).items():
                _add(archive, key, values)
        _add(archive, "pictures", np.array(names, dtype=np.str_))
        _add(archive, ABOUT, np.array(json.dumps(dict(about))))
    return len(names)


def _add(archive: zipfile.ZipFile, key: str, values: np.ndarray[Any, Any]) -> None:
    with archive.open(f"{key}.npy", "w", force_zip64=True) as file:
        np.lib.format.write_array(file, np.asarray(values, order="C"), allow_pickle=False)


def _write_safetensors(path: Path, pictures: Pictures, about: Mapping[str, object]) -> int:
    from safetensors.numpy import save_file

    names, arrays = [], dict[str, np.ndarray[Any, Any]]()
    for number, (name, found) in enumerate(pictures):
        names.append(name)
        arrays |= {key: np.ascontiguousarray(values) for key, values in _arrays(number, found).items()}
    save_file(arrays, path, {"pictures": json.dumps(names), ABOUT: json.dumps(dict(about))})
    return len(names)


def _write_parquet(path: Path, pictures: Pictures, about: Mapping[str, object]) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = [("picture", pa.string()), ("row", pa.int32()), ("col", pa.int32()), ("features", pa.list_(pa.float32()))]
    schema = pa.schema(columns)
    count = 0
    with pq.ParquetWriter(path, schema, use_dictionary=["picture"]) as file:
        for name, found in pictures:
            rows, cols = np.divmod(np.arange(found.grid.num_patches, dtype=np.int32), found.grid.cols)
            patches = found.patches.cpu().numpy()
            ends = np.arange(len(patches) + 1, dtype=np.int32) * patches.shape[1]
            features = pa.ListArray.from_arrays(ends, patches.reshape(-1))
            names = pa.array([name] * len(patches), pa.string())
            file.write_table(pa.table([names, pa.array(rows), pa.array(cols), features], schema=schema))
            count += 1
        file.add_key_value_metadata({ABOUT: json.dumps(dict(about))})
    return count


def _arrays(number: int, found: FeatureMap) -> dict[str, np.ndarray[Any, Any]]:
    grid = found.grid
    return {
        f"patches_{number}": found.patches.cpu().numpy(),
        f"prefix_{number}": found.prefix.cpu().numpy(),
        f"grid_{number}": np.array([grid.rows, grid.cols, grid.patch_size]),
    }
