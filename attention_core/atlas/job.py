"""From pictures to an atlas on one machine; broken off at any moment, it goes on where it was."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from attention_core.atlas.filling import Failure
from attention_core.atlas.manifest import MANIFEST, AtlasError, Manifest
from attention_core.atlas.places import UNFINISHED, Place
from attention_core.atlas.plan import LOCK, Settings, begin
from attention_core.atlas.shards import PARTS, Counts, ShardWorker, failures_of, shard_of
from attention_core.atlas.sources import Source
from attention_core.models import VisionModel

FAILED: Final = "_failures.jsonl"

OnProgress = Callable[[int, int, int, int], None]


def build(
    source: Source, model: VisionModel, out: str | Path, asked: Settings | None = None, on_progress: OnProgress | None = None
) -> Manifest:
    """Make an atlas, or what is missing of one that was begun.

    Args:
        source: the pictures, as `find_source` finds them.
        model: which looks at them.
        out: a folder, new or empty or with that atlas, or a URI that pyarrow reaches.
        asked: how.
        on_progress: told how many pictures there are, are done, could not be read, and were done by an earlier run; what it
            raises stops the job.

    Raises:
        AtlasError: where another atlas, or something else, is in the folder, or another job writes it.
        ValueError: where there are no pictures, none can be read, or the model's attention cannot be seen.
        OSError: where the folder cannot be written, or the disk is full; what is done is kept.
    """
    asked, place = asked or Settings(), Place.of(out)
    with alone(place):
        manifest = begin(source, model, place, asked)
        worker = ShardWorker(place, manifest, source, model, asked.batch_size)
        follow((counts for number in range(manifest.num_shards) for counts in worker.run(number)), manifest, on_progress)
        return finish(place, manifest)


def follow(counts: Iterable[Counts], manifest: Manifest, on_progress: OnProgress | None) -> None:
    """Add up counts, and tell of it, until all pictures are done."""
    so_far = Counts()
    for more in counts:
        so_far = so_far.plus(more)
        if on_progress is not None:
            on_progress(manifest.pictures, *so_far)


def finish(out: Place, manifest: Manifest) -> Manifest:
    """Once all shards are there: name what could not be read, and say in the manifest that it is whole."""
    failures = [each for number in range(manifest.num_shards) for each in failures_of(shard_of(out, number))]
    if failures:
        (out / FAILED).write("".join(f"{_line(each)}\n" for each in failures).encode())
    (out / PARTS).remove()
    for left in out.files_in():  # by whoever was stopped as it wrote
        if left.name.startswith(".") and left.name.endswith(UNFINISHED):
            left.remove()
    whole = manifest.model_copy(update={"finished": True, "failed": len(failures)})
    (out / MANIFEST).write(whole.to_bytes())
    return whole


def _line(failure: Failure) -> str:
    return json.dumps({"picture": failure.picture, "reason": failure.reason}, ensure_ascii=False)


@contextlib.contextmanager
def alone(out: Place) -> Iterator[None]:
    """One job at a time writes a folder of this machine; the lock goes with the process, however it ends."""
    if not out.is_local:
        yield
        return
    if out.kind == "file":
        raise AtlasError(f"{out.path} is a file; give a folder as --out")
    out.make_folder()
    try:
        with FileLock(Path(out.path) / LOCK, blocking=False):
            yield
    except Timeout:
        raise AtlasError(f"another job writes {out.path}; wait for it, or give another --out") from None
