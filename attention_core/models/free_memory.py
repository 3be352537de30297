"""Free memory: of the machine, of the container or service around this process, or of a GPU."""

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
"""Share of the free memory that a pass may not take."""
CGROUP: Final = Path("/sys/fs/cgroup")
MEMBERSHIP: Final = Path("/proc/self/cgroup")
_FILES: Final = {
    "": ("", "memory.max", "memory.current", "inactive_file"),
    "memory": ("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
}
"""Both versions of Linux' control groups, by their name in a line of MEMBERSHIP: the folder, then the names of the limit, of
the memory in use, and of cached files in it that can be dropped.
"""

_CLAIMING: Final = threading.Lock()


@dataclass
class _Claims:
    """Claims of the running passes on one device: their number, their bytes, and the bytes free before the first."""

    passes: int = 0
    count: int = 0
    before: int = 0


_CLAIMS: Final[defaultdict[torch.device, _Claims]] = defaultdict(_Claims)
"""One for the whole process, because its memory is one."""


@contextmanager
def claimed(count: int, device: torch.device, refused: Callable[[int], Exception]) -> Iterator[None]:
    """Claim so many bytes while entered, so that two passes that begin together do not count on the same memory.

    Raises `refused(free bytes)` if they do not fit.
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
    """True if a pass may take so many of the free bytes."""
    return count <= free * (1 - RESERVE)


def free_bytes(device: torch.device) -> int:
    """Return the memory that a pass on this device may still take: it is free, and no running pass claims it."""
    free = torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else available_bytes()
    claims = _CLAIMS[device]
    return max(0, min(free, claims.before - claims.count)) if claims.passes else free


def available_bytes() -> int:
    """Return the memory that this process may still take: the least that the machine and the limits around it leave."""
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
    """Yield the group and all groups around it, whose limits hold for it too."""
    inner = PurePosixPath(path.lstrip("/"))
    return (root / each for each in (inner, *inner.parents))


def _left(folder: Path, limit: str, used: str, cache: str) -> int | None:
    """Bytes that a group leaves; None if it has no limit ("max") or cannot be seen from within a container."""
    try:
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        return int((folder / limit).read_text()) - int((folder / used).read_text()) + int(stat.get(cache, 0))
    except (OSError, ValueError):
        return None
