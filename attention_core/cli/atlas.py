"""Every head over a folder of pictures: what the command `atlas` does."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from typing import Any, Final

from tqdm import tqdm

from attention_core.atlas import Settings, build, find_source
from attention_core.atlas.on_ray import Cluster, build_on_ray, require_ray
from attention_core.atlas.places import Place
from attention_core.atlas.plan import SHARD_SIZE
from attention_core.atlas.process import keep_freed_memory
from attention_core.cli.maps import model_of
from attention_core.models import VisionModel

CPU_BATCH: Final = 16
BATCH: Final = 64
"""Pictures in a pass, on an accelerator."""
_BAR: Final = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}, {rate_noinv_fmt}{postfix}]"
"""As tqdm has it, but pictures a second also where that is less than one."""
_NO_RIGHT: Final = (errno.EACCES, errno.EPERM, errno.EROFS)


def add_words(command: ArgumentParser) -> None:
    """What `atlas` takes besides the model."""
    command.add_argument(
        "pictures",
        nargs="+",
        help="a folder, a glob, a list.txt with a path a line, or an images.parquet with the bytes of pictures; or files",
    )
    command.add_argument("--out", required=True, help="a folder for the atlas; one that was begun is gone on with")
    command.add_argument("--batch", type=_count, help=f"pictures in a pass; {CPU_BATCH} without it, {BATCH} on an accelerator")
    command.add_argument("--shard", type=_count, default=SHARD_SIZE, help=f"pictures in a file; {SHARD_SIZE} without it")
    command.add_argument("--cls-map", action="store_true", help="keep what CLS gives to each patch, for every head")
    command.add_argument(
        "--ray",
        metavar="auto|ADDRESS",
        help="on a cluster of Ray's, all of whose nodes reach pictures, model and --out: HOST:PORT of its head; "
        "auto, the one that runs here, or this machine alone",
    )
    command.add_argument(
        "--workers", type=_count, help="with --ray, processes; one for each GPU or each four processors without it"
    )
    command.add_argument("--features", action="store_true", help="keep the mean over patches of what the last block returns")


def atlas_of(asked: Namespace) -> dict[str, Any]:
    """Run `atlas`: write the folder that was asked for, and return what is in it.

    Raises ValueError, OSError or WeightsError.
    """
    if importlib.util.find_spec("pyarrow") is None:
        raise ValueError("an atlas is written as Parquet, which needs pyarrow: run `pip install pyarrow`")
    if asked.workers is not None and asked.ray is None:
        raise ValueError("--workers are those of a cluster; give --ray auto as well, or leave it out")
    if asked.ray is not None:
        require_ray(asked.ray)
    keep_freed_memory()
    source = find_source(asked.pictures)
    model = model_of(asked)
    settings = Settings(
        across=asked.across,
        batch_size=asked.batch or (CPU_BATCH if model.device.type == "cpu" else BATCH),
        shard_size=asked.shard,
        cls_map=asked.cls_map,
        features=asked.features,
        weights="" if asked.checkpoint is None else _digest(asked.checkpoint),
    )
    try:
        with tqdm(desc=f"{model.title}: pictures", unit="", disable=None, smoothing=0.1, bar_format=_BAR) as bar:
            if asked.ray is None:
                made = build(source, model, asked.out, settings, _Shown(bar))
            else:
                load, cluster = _Loading(asked, settings.weights), Cluster(asked.ray, asked.workers)
                made = build_on_ray(source, load, asked.out, settings, cluster, _Shown(bar), asked.device)
    except OSError as error:
        raise _worded(error, asked.out) from None
    return {
        "pictures": made.pictures - made.failed,
        "left_out": made.failed,
        "heads": sum(made.heads),
        "model": made.model,
        "out": str(asked.out),
    }


@dataclass(frozen=True)
class _Loading:
    """The model that was asked for, on whatever node."""

    asked: Namespace
    weights: str

    def __call__(self, device: str) -> VisionModel:
        asked = Namespace(**{**vars(self.asked), "device": device})
        if self.weights and _digest(asked.checkpoint) != self.weights:
            raise ValueError(f"{asked.checkpoint} is another file there; all nodes need the same")
        return model_of(asked)


class _Shown:
    """Progress: the rate is of what this run does, not of what was there before."""

    def __init__(self, bar: Any) -> None:
        self._bar, self._before = bar, 0

    def __call__(self, total: int, done: int, failed: int, before: int) -> None:
        bar = self._bar
        if bar.disable:
            return
        if bar.total != total:
            bar.reset(total)
        had, self._before = before - self._before, before
        bar.initial, bar.n, bar.last_print_n = before, bar.n + had, bar.last_print_n + had
        bar.set_postfix({"left out": failed} if failed else {}, refresh=False)
        bar.update(done - bar.n)


def in_words(facts: dict[str, Any]) -> str:
    """For people."""
    left_out = f" ({facts['left_out']} left out, named in {facts['out']}/_failures.jsonl)" if facts["left_out"] else ""
    return f"pictures: {facts['pictures']}{left_out}; {facts['heads']} heads of {facts['model']}\nwritten: {facts['out']}"


def _worded(error: OSError, out: str) -> OSError:
    """What a user can do about it where `out` cannot be written: pyarrow says that in words of its own."""
    kept = "what is done is kept"
    if error.errno == errno.ENOSPC:
        return OSError(f"there is no room left for {out}; {kept}; make room and run the same again to go on.")
    if error.errno in _NO_RIGHT and Place.of(out).path in str(error):  # else it is a source that cannot be read
        return OSError(
            f"there is no right to write {out}; {kept}; get that right and run the same again, or give another --out."
        )
    return error


def _digest(checkpoint: Any) -> str:
    with checkpoint.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number
