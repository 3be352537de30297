"""Files that this process opens and hosts that it contacts while a test watches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Seen:
    """opened: paths of files. asked: hosts and ports. unpickled: names in a pickle."""

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


sys.addaudithook(_note)  # an audit hook cannot be removed


@contextmanager
def watched() -> Iterator[Seen]:
    seen = Seen()
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)
