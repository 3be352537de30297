"""How much memory there is yet: of the machine, of the container or service that this process runs in, or of a GPU."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import psutil
import torch

RESERVE: Final = 0.1
"""The share of the free memory that a pass leaves alone."""
CGROUP: Final = Path("/sys/fs/cgroup")
MEMBERSHIP: Final = Path("/proc/self/cgroup")
_FILES: Final = {
    "": ("", "memory.max", "memory.current", "inactive_file"),
    "memory": ("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
}
"""Of both versions of Linux' control groups, by what a line of MEMBERSHIP calls them: where they are, a limit, what is used,
and what of that is files which can be dropped.
"""

_CLAIMING: Final = threading.Lock()


@dataclass
class _Claims:
    """On one device, by passes that go on there: how many, their bytes, and what was free before the first of them."""

    passes: int = 0
    count: int = 0
    before: int = 0


_CLAIMS: Final[defaultdict[torch.device, _Claims]] = defaultdict(_Claims)
"""Of the whole process, as its memory is."""


@contextmanager
def claimed(count: int, device: torch.device, refused: Callable[[int], Exception]) -> Iterator[None]:
    """Takes so many bytes while entered: two passes that begin at one moment do not both see the same memory. Where they do not
    fit nothing is taken, and what `refused` makes of the free bytes is raised.
    """
    with _CLAIMING:
        free, claims = free_bytes(device), _CLAIMS[device]
        if there := fits(count, free):
            claims.before = claims.before if claims.passes else free
            claims.passes, claims.count = claims.passes + 1, claims.count + count
    if not there:
        raise refused(free)
    try:
        yield
    finally:
        with _CLAIMING:
            claims.passes, claims.count = claims.passes - 1, claims.count - count


def fits(count: int, free: int) -> bool:
    """Whether so many bytes may be taken of those that are free."""
    return count <= free * (1 - RESERVE)


def free_bytes(device: torch.device) -> int:
    """Memory that a pass on this device may still take: what is free and, of what was free before, no pass claims."""
    free = torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else available_bytes()
    claims = _CLAIMS[device]
    return max(0, min(free, claims.before - claims.count)) if claims.passes else free


def available_bytes() -> int:
    """Memory that this process may still take: the least of what the machine has and what limits around it leave."""
    return max(0, min([int(psutil.virtual_memory().available), *_left_by_limits()]))


def _left_by_limits() -> Iterator[int]:
    try:
        lines = MEMBERSHIP.read_text().splitlines()
    except OSError:  # not Linux
        return
    for line in lines:
        _, version, path = line.split(":", 2)
        if version in _FILES:
            root, *names = _FILES[version]
            found = (_left(folder, *names) for folder in _around(CGROUP / root, path))
            yield from (left for left in found if left is not None)


def _around(root: Path, path: str) -> Iterator[Path]:
    """The group and all that it lies in, whose limits hold for it as well."""
    inner = PurePosixPath(path.lstrip("/"))
    return (root / each for each in (inner, *inner.parents))


def _left(folder: Path, limit: str, used: str, cache: str) -> int | None:
    """Bytes that a group leaves; None where it has no limit ("max") or cannot be seen from within a container."""
    try:
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        return int((folder / limit).read_text()) - int((folder / used).read_text()) + int(stat.get(cache, 0))
    except (OSError, ValueError):
        return None
