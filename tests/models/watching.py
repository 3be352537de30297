"""What this process opens and whom it asks, while a test watches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Seen:
    """opened: files, by their places. asked: hosts and ports. unpickled: what a pickle named."""

    opened: list[str] = field(default_factory=list)
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    unpickled: list[str] = field(default_factory=list)


_watching: list[Seen] = []


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    for seen in _watching:
        if event == "open" and isinstance(arguments[0], str | bytes):
            path = arguments[0]
            seen.opened.append(path if isinstance(path, str) else path.decode(errors="replace"))
        elif event == "socket.connect" and isinstance(arguments[1], tuple):
            seen.asked.append(arguments[1])
        elif event == "pickle.find_class":
            seen.unpickled.append(".".join(arguments[1:]))


sys.addaudithook(_note)  # there is no way to take one off again


@contextmanager
def watched() -> Iterator[Seen]:
    seen = Seen()
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)
