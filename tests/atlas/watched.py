"""Pictures whose readers (workers of a cluster) report when they begin and wait for each other."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from attention_core.atlas.sources import Source
from attention_core.images.image_error import ImageError

PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Watched:
    """A source that leaves a note when a worker begins a shard: the file `node id/first picture of the shard`.

    together: the number of nodes that must have begun before any continues. held: the id of a node that never
    continues.
    """

    source: Source
    notes: Path
    together: int = 1
    held: str = ""

    @property
    def where(self) -> str:
        return self.source.where

    def names(self) -> Iterator[str]:
        return self.source.names()

    def read(self, names: Sequence[str], first: int) -> Iterator[bytes | ImageError]:
        import ray

        here = ray.get_runtime_context()
        if here.get_actor_id() is not None:
            self.node(here.get_node_id()).mkdir(exist_ok=True)
            (self.node(here.get_node_id()) / str(first)).touch()
            self.wait(self.together)
            while here.get_node_id() == self.held:
                time.sleep(0.1)
        yield from self.source.read(names, first)

    def node(self, name: str) -> Path:
        return self.notes / name

    def begun(self) -> dict[str, set[int]]:
        """Return the first pictures of the shards that each node has begun."""
        return {node.name: {int(note.name) for note in node.iterdir()} for node in self.notes.iterdir()}

    def wait(self, nodes: int) -> None:
        """Wait until so many nodes have begun."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while len(self.begun()) < nodes:
            if time.monotonic() > ends:
                raise TimeoutError(f"of {nodes} nodes {len(self.begun())} began a shard in {PATIENCE_SECONDS} s")
            time.sleep(0.1)
