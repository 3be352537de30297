"""The same job on a cluster: Ray Data hands the numbers of shards to workers, each of which makes whole shards.

Ray schedules, and runs a shard anew whose node was lost; what a worker does is what `job.build` does with a shard. Rows equal
those of one machine to the last digit where the processors are of one kind, whatever the number of workers and their threads.
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import logging
import os
import socket
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import torch

from attention_core.atlas.job import OnProgress, alone, finish, follow
from attention_core.atlas.manifest import AtlasError, Manifest
from attention_core.atlas.places import Place
from attention_core.atlas.plan import Settings, begin
from attention_core.atlas.process import keep_freed_memory
from attention_core.atlas.shards import Counts, ShardWorker, counts_of, shard_of
from attention_core.atlas.sources import Source
from attention_core.models import VisionModel, WeightsError

AUTO: Final = "auto"
THREADS: Final = 4
"""Of a worker, where a node has so many: more are of little use to the passes of a small model."""
_LONGEST_FOLDER: Final = 32
"""Ray puts sockets below its temporary folder, and a socket's path has room for some 100 characters."""

Load = Callable[[str], VisionModel]
"""The model, on the device of that name, as `load_model` takes it."""


@dataclass(frozen=True)
class Cluster:
    """Where shards are made.

    address: HOST:PORT of the head of a cluster that this machine is a node of; "auto" takes the one that runs here, or starts
    one of this machine alone, for the job. workers: how many processes; one for each GPU without it, or for each four
    processors. threads: of a worker; as many as all find room with, at most THREADS, without it.
    """

    address: str = AUTO
    workers: int | None = None
    threads: int | None = None


@dataclass(frozen=True)
class _Job:
    """What a worker is told. Ray takes it to the nodes."""

    out: Place
    manifest: Manifest
    source: Source
    load: Load
    device: str
    batch_size: int
    threads: int = 1


def build_on_ray(
    source: Source,
    load: Load,
    out: str | Path,
    asked: Settings | None = None,
    cluster: Cluster | None = None,
    on_progress: OnProgress | None = None,
    device: str = "auto",
) -> Manifest:
    """As `job.build`, on all nodes of a cluster. All must have Regard, and reach the pictures, `out` and the model.

    Args:
        source, out: on a folder that all nodes share, or URIs.
        load: called here and by every worker.
        on_progress: told as shards are done.
        device: "auto" is a GPU for each worker where the cluster has any.

    Raises:
        AtlasError: as `job.build`, and where Ray is not installed or no cluster can be reached.
        ValueError, OSError: as `job.build`, on whatever node.
    """
    asked, cluster, place = asked or Settings(), cluster or Cluster(), Place.of(out)
    require_ray(cluster.address)
    with alone(place):
        manifest = begin(source, load(device), place, asked)
        there = {each.name for each in place.files_in()}
        done, missing = list[int](), list[int]()
        for number in range(manifest.num_shards):
            (done if shard_of(place, number).name in there else missing).append(number)
        before = (counts_of(shard_of(place, number), manifest, number) for number in done)
        job = _Job(place, manifest, source, load, device, asked.batch_size)
        with _connected(cluster.address) if missing else contextlib.nullcontext():
            follow(itertools.chain(before, _made(missing, job, cluster)), manifest, on_progress)
        return finish(place, manifest)


def require_ray(address: str) -> None:
    """Raises AtlasError where it is not installed, or nothing answers at that address: Ray itself would wait for minutes."""
    if importlib.util.find_spec("ray") is None:
        raise AtlasError("a cluster needs Ray: run `pip install 'ray[data]'`, or leave out --ray")
    if address == AUTO:
        return
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=10).close()
    except (OSError, ValueError, OverflowError):  # ValueError: a port that is no number, a host that is no name
        raise AtlasError(f"no cluster of Ray's answers at {address!r}; give HOST:PORT of its head, or auto") from None


class ShardActor:
    """A worker: has the model, and makes one shard after the other."""

    def __init__(self, job: _Job) -> None:
        torch.set_num_threads(job.threads)
        keep_freed_memory()
        self._wrong = ""
        with self._told():
            self._worker = ShardWorker(job.out, job.manifest, job.source, job.load(job.device), job.batch_size)

    def __call__(self, shards: dict[str, Any]) -> dict[str, list[Any]]:
        """For each number of a shard the counts of its pictures, and what is wrong, in a sentence."""
        rows = [self._run(int(number)) for number in shards["shard"]]
        return dict(zip(("done", "failed", "before", "wrong"), map(list, zip(*rows, strict=True)), strict=True))

    def _run(self, number: int) -> tuple[int, int, int, str]:
        counts = Counts()
        with self._told():
            for more in self._worker.run(number) if not self._wrong else ():
                counts = counts.plus(more)
        return *counts, self._wrong

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What a user can do something about is told as a row: raised here it would come as a page of Ray's own frames."""
        try:
            yield
        except (ValueError, OSError, WeightsError) as error:
            self._wrong = str(error) or type(error).__name__


def _made(shards: Sequence[int], job: _Job, cluster: Cluster) -> Iterator[Counts]:
    """Of each shard, as it is done."""
    if not shards:
        return
    import ray
    import ray.data
    import ray.exceptions

    on_gpu = job.device in (AUTO, "cuda") and ray.cluster_resources().get("GPU", 0) >= 1
    workers, threads = _shared_out(ray.nodes(), on_gpu, cluster)
    job = replace(job, threads=threads, device="cuda" if on_gpu else "cpu" if job.device == AUTO else job.device)
    numbers = ray.data.from_items([{"shard": number} for number in shards], override_num_blocks=len(shards))
    made = numbers.map_batches(
        ShardActor,
        fn_constructor_args=(job,),
        batch_size=1,
        num_cpus=threads,
        num_gpus=1 if on_gpu else 0,
        compute=ray.data.ActorPoolStrategy(size=min(workers, len(shards)), max_tasks_in_flight_per_actor=1),
    )
    try:
        for row in made.iter_rows():
            if row["wrong"]:
                raise AtlasError(f"a worker could not go on: {row['wrong']}")
            yield Counts(*(int(row[name]) for name in Counts._fields))
    except ray.exceptions.RayError as error:  # what Ray could not mend by itself
        reason = next((line.strip() for line in reversed(str(error).splitlines()) if line.strip()), type(error).__name__)
        raise AtlasError(f"the cluster could not go on: {reason}; what is done is kept, run the same again to go on") from None


def _shared_out(nodes: Sequence[dict[str, Any]], on_gpu: bool, cluster: Cluster) -> tuple[int, int]:
    """How many workers there are, and how many threads each has."""
    found = [node["Resources"] for node in nodes if node["Alive"]]
    sizes = [(int(each.get("CPU", 0)), int(each.get("GPU", 0))) for each in found]
    sizes = [(cpus, gpus) for cpus, gpus in sizes if cpus and (gpus or not on_gpu)] or [(1, 1)]

    def room(threads: int) -> int:
        return sum(min(cpus // threads, gpus) if on_gpu else cpus // threads for cpus, gpus in sizes)

    if cluster.workers is None:
        wanted = sum(gpus for _, gpus in sizes) if on_gpu else 1
        most = min(THREADS, *(cpus for cpus, _ in sizes))
    else:
        wanted, most = cluster.workers, max(cpus for cpus, _ in sizes)
    threads = cluster.threads or next((count for count in range(most, 1, -1) if room(count) >= wanted), 1)
    return cluster.workers or max(1, room(threads)), threads


@contextlib.contextmanager
def _connected(address: str) -> Iterator[None]:
    """To a cluster, which tells nobody that it is used, and says little. One that was joined before stays joined."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    import ray
    import ray.data

    log, context = logging.getLogger("ray.data"), ray.data.DataContext.get_current()
    before = log.level, context.enable_progress_bars, context.print_on_execution_start
    joined = ray.is_initialized()
    if not joined:
        _join(address)
    log.setLevel(logging.ERROR)
    context.enable_progress_bars = context.print_on_execution_start = False
    try:
        yield
    finally:
        log.setLevel(before[0])
        context.enable_progress_bars, context.print_on_execution_start = before[1:]
        if not joined:
            ray.shutdown()


def _join(address: str) -> None:
    import ray

    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        ray.init(address, **quiet)
    except (ConnectionError, ValueError, RuntimeError) as error:
        if address != AUTO:
            token = "" if os.environ.get("RAY_AUTH_MODE") else "; if it asks for a token, set RAY_AUTH_MODE=token"
            reason = str(error).splitlines()[0]
            raise AtlasError(
                f"no cluster of Ray's answers at {address!r}; give auto, or HOST:PORT of its head{token} ({reason})"
            ) from None
        folder = os.environ.get("RAY_TMPDIR") or tempfile.gettempdir()
        if len(folder) > _LONGEST_FOLDER and os.name == "posix":
            quiet["_temp_dir"] = "/tmp/ray"  # noqa: S108 (Ray's own default)
        ray.init("local", include_dashboard=False, **quiet)
