"""Which folders a server opens as atlases: those that its settings allow, whoever asks."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from attention_core.atlas.manifest import MANIFEST, AtlasError
from attention_core.settings import Settings

REFUSED: Final = "This server opens atlases only in the folders that whoever runs it has allowed (REGARD_ATLASES)."
"""Says nothing of whether there is such a folder."""
MOST_LISTED: Final = 50


def is_local(given: Settings) -> bool:
    """Whether nobody but the machine itself reaches the server."""
    if given.address == "localhost":
        return True
    try:
        return ipaddress.ip_address(given.address).is_loopback
    except ValueError:
        return False


def require_allowed(path: Path, given: Settings, bundled: Path) -> Path:
    """The path with its links followed, if it lies among the bundled, in an allowed folder, or anywhere on one's own machine.

    Raises:
        AtlasError: where it does not, whether or not there is such a path.
    """
    try:
        found = path.resolve()
    except (OSError, ValueError, RuntimeError):
        raise AtlasError(REFUSED) from None
    allowed = [each.resolve() for each in (*given.atlases, bundled)]
    anywhere = is_local(given) and not given.atlases
    if anywhere or any(found.is_relative_to(each) for each in allowed):
        return found
    raise AtlasError(REFUSED)


def listed_atlases(folders: Sequence[Path]) -> list[Path]:
    """Folders with a manifest among these and directly in them, by name, at most MOST_LISTED."""
    found: list[Path] = []
    for folder in folders:
        if (folder / MANIFEST).is_file():
            found.append(folder)
        try:
            inside = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())
        except OSError:
            continue
        found += [folder / name for name in inside if (folder / name / MANIFEST).is_file()]
    return found[:MOST_LISTED]
