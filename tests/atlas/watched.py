"""Pictures whose readers, the workers of a cluster, say that they have begun, and wait for each other."""

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
    """A source, which in a worker leaves a note as it begins a shard: a folder of the node's id, in it a file of the shard's
    first picture.

    together: how many nodes must have begun before any goes on. held: the id of a node that does not go on at all.
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
        """The first pictures of the shards that each node has begun."""
        return {node.name: {int(note.name) for note in node.iterdir()} for node in self.notes.iterdir()}

    def wait(self, nodes: int) -> None:
        """Until so many have begun."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while len(self.begun()) < nodes:
            if time.monotonic() > ends:
                raise TimeoutError(f"of {nodes} nodes {len(self.begun())} began a shard in {PATIENCE_SECONDS} s")
            time.sleep(0.1)
