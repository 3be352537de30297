"""A real memory limit, as a container or a service has it: a Linux control group. Only root can make one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from attention_core.models.free_memory import CGROUP


class CannotLimitError(OSError):
    """This machine cannot limit memory."""


@dataclass(frozen=True)
class Version:
    """A version of the kernel's interface: the folder of the groups, and the names of the files in a group."""

    folder: Path
    limit: str
    most: str
    kills: str


VERSIONS: Final = (
    Version(CGROUP / "memory", "memory.limit_in_bytes", "memory.max_usage_in_bytes", "memory.oom_control"),
    Version(CGROUP, "memory.max", "memory.peak", "memory.events"),
)


@dataclass(frozen=True)
class Group:
    """A control group: processes that share a limit."""

    folder: Path
    version: Version

    @property
    def within(self) -> Sequence[str]:
        """Return words that run a command in this group if they stand before it."""
        return ("sh", "-c", f'echo $$ > "{self.folder}/cgroup.procs" && exec "$@"', "sh")

    @property
    def most(self) -> int:
        """Return the largest number of bytes in use at one time, including files in the cache."""
        return int((self.folder / self.version.most).read_text())

    @property
    def killed(self) -> int:
        """Return how many processes the kernel killed because memory ran out."""
        said = dict(line.split() for line in (self.folder / self.version.kills).read_text().splitlines())
        return int(said["oom_kill"])


@contextmanager
def limited(limit: int) -> Iterator[Group]:
    """Yield a group whose processes together may use this many bytes.

    Its processes must have ended before the context ends. Raises CannotLimitError if no group can be made.
    """
    version = next((each for each in VERSIONS if (each.folder / "memory.stat").exists()), VERSIONS[-1])
    group = Group(version.folder / f"regard-{uuid.uuid4().hex}", version)
    try:
        group.folder.mkdir()
        (group.folder / version.limit).write_text(str(limit))
    except OSError as error:
        if group.folder.exists():
            group.folder.rmdir()
        raise CannotLimitError(f"no control group with a limit can be made here: {error.strerror}") from error
    try:
        yield group
    finally:
        group.folder.rmdir()
