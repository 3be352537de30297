"""Compiled code shows no calls of torch's functions: while attention is watched it runs as it was written."""

from __future__ import annotations

import sys
import threading
from contextlib import ExitStack

import torch


class EagerWhileWatched:
    """A context in which `torch.compile`d code runs eagerly; it may be entered by many threads, for torch's stance is one for
    the whole process.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._stance: ExitStack | None = None

    def require(self) -> None:
        """Take the stance as soon as there is a compiler: importing it takes as long as importing torch, and nothing is
        compiled without it.
        """
        with self._lock:
            if self._stance is None and "torch._dynamo" in sys.modules:
                self._stance = ExitStack()
                self._stance.enter_context(torch.compiler.set_stance("force_eager"))

    def __enter__(self) -> None:
        with self._lock:
            self._users += 1
        self.require()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0 and self._stance is not None:
                self._stance.close()
                self._stance = None
