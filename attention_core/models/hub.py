"""Files from the model hub, through huggingface_hub: its cache, its endpoint variable (HF_ENDPOINT) and its login apply.

A file is whole in the cache or not there: the hub's client writes beside the place, compares the length and renames; what the
hub calls by its SHA-256 is compared with it here. Every failure is a WeightsError of one sentence that names the way out.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from attention_core.models.cost import require_room_for_weights
from attention_core.models.hub_errors import explain
from attention_core.models.weights import WeightsError, WeightsFaultError

Progress = Callable[[int, int], None]
"""Called with the bytes that have arrived and the bytes in all, 0 where that is not known yet."""
CHUNK_BYTES: Final = 2**20
"""A download reports and can be cancelled after every so many bytes."""
MAX_REWINDS: Final = 5
_LOADING = threading.Lock()


class LoadCancelledError(WeightsError):
    """Whoever asked for the model has cancelled; nothing of it was kept."""


@dataclass(frozen=True)
class Loading:
    """How one load reports and is stopped: `progress` in bytes, `cancel` an event that may be set from another thread."""

    what: str = "the model"
    progress: Progress | None = None
    cancel: threading.Event | None = None

    def check(self) -> None:
        """Raises LoadCancelledError where it was asked for."""
        if self.cancel is not None and self.cancel.is_set():
            raise LoadCancelledError(f"Loading {self.what} was cancelled; load it again when you want it.")

    def report(self, done: int, total: int) -> None:
        """Pass the progress on. Raises LoadCancelledError, or whatever the callback raises, which stops the download too."""
        self.check()
        if self.progress is not None:
            self.progress(done, total)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One load at a time in this process: wait for the one before, unless cancelled meanwhile."""
        while not _LOADING.acquire(timeout=0.05):
            self.check()
        try:
            self.check()
            yield
        finally:
            _LOADING.release()


def fetch(repository: str, filename: str, loading: Loading) -> Path:
    """The file's place in the hub's cache; downloaded if it is not there. Call it inside `loading.alone()`.

    Raises WeightsError, with the way out, where it cannot be had, and LoadCancelledError.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url, try_to_load_from_cache

    loading.check()
    bar, raised = _bar(loading)
    try:
        cached = try_to_load_from_cache(repository, filename)
        if isinstance(cached, str):
            require_room_for_weights(repository, Path(cached).stat().st_size)
            return Path(cached)
        with _over_http():
            metadata = get_hf_file_metadata(hf_hub_url(repository, filename))  # once: a download would retry for half a minute
            require_room_for_weights(repository, metadata.size or 0)
            path = Path(hf_hub_download(repository, filename, tqdm_class=bar))
    except WeightsError:
        raise
    except Exception as error:
        if raised and error is raised[0]:
            raise  # cancelled, or the callback's own error
        loading.check()
        raise explain(error, repository, filename) from error
    _verify(path, metadata.etag, repository, loading)
    return path


def require_possible(repository: str) -> None:
    """Raises WeightsError where nothing on the hub could be called so."""
    from huggingface_hub import hf_hub_url
    from huggingface_hub.errors import HFValidationError

    try:
        hf_hub_url(repository, "config.json")
    except HFValidationError as error:
        raise explain(error, repository, "") from error


def forget(path: Path) -> None:
    """Remove a damaged file from the hub's cache, so that the next load downloads it again."""
    for place in (path.resolve(), path):
        place.unlink(missing_ok=True)


def _verify(path: Path, etag: str | None, repository: str, loading: Loading) -> None:
    """The hub calls large files by their SHA-256. Raises WeightsError, and forgets the file, where it is not the one."""
    if etag is None or not re.fullmatch("[0-9a-f]{64}", etag):
        return
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(8 * CHUNK_BYTES):
            digest.update(chunk)
            loading.check()
    if digest.hexdigest() != etag:
        forget(path)
        raise WeightsFaultError(f"What arrived of {repository} is damaged and was removed; load it again.")


def _bar(loading: Loading) -> tuple[Any, list[BaseException]]:
    """What the hub's client takes as a progress bar, and a list that holds the error that stopped it."""
    raised: list[BaseException] = []

    class Bar:
        def __init__(self, *_: Any, total: int | None = None, initial: int = 0, **__: Any) -> None:
            self.done, self.total, self.rewinds = initial, total or 0, 0
            self.update(0)

        def update(self, count: float | None = 1) -> None:
            self.done += int(count or 0)
            self.rewinds += (count or 0) < 0  # the client starts over where a server cannot resume
            if self.rewinds > MAX_REWINDS:
                raise ConnectionAbortedError("the download starts over and over")
            try:
                loading.report(self.done, self.total)
            except BaseException as error:
                raised.append(error)
                raise

        def close(self) -> None: ...

        def __enter__(self) -> Bar:
            return self

        def __exit__(self, *_: object) -> None: ...

    return Bar, raised


@contextmanager
def _over_http() -> Iterator[None]:
    """Plain HTTP in small pieces: a download by the hub's Rust client (hf_xet) cannot be stopped from Python."""
    from huggingface_hub import constants

    wanted = {"HF_HUB_DISABLE_XET": True, "DOWNLOAD_CHUNK_SIZE": CHUNK_BYTES}
    before = {name: getattr(constants, name) for name in wanted if hasattr(constants, name)}
    for name in before:
        setattr(constants, name, wanted[name])
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(constants, name, value)
