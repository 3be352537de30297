"""A real limit on memory, as a container or a service has one: a control group of Linux, which root alone can make."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from attention_core.models.free_memory import CGROUP


class CannotLimitError(OSError):
    """Not here."""


@dataclass(frozen=True)
class Version:
    """Of the kernel's interface: where groups are made, and the names of files in one."""

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
    """Of processes that share a limit."""

    folder: Path
    version: Version

    @property
    def within(self) -> Sequence[str]:
        """Put before a command, have it run in this group."""
        return ("sh", "-c", f'echo $$ > "{self.folder}/cgroup.procs" && exec "$@"', "sh")

    @property
    def most(self) -> int:
        """Bytes that were ever used at one time, files that can be dropped among them."""
        return int((self.folder / self.version.most).read_text())

    @property
    def killed(self) -> int:
        """How many processes the system has ended for want of memory."""
        said = dict(line.split() for line in (self.folder / self.version.kills).read_text().splitlines())
        return int(said["oom_kill"])


@contextmanager
def limited(limit: int) -> Iterator[Group]:
    """A group whose processes may use so many bytes together. Raises CannotLimitError where none can be made; those that are
    in it have to have ended when it goes.
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
