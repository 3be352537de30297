"""Files from the model hub, through huggingface_hub: its cache, its endpoint variable (HF_ENDPOINT) and its login apply.

A file is either complete in the cache or absent. It comes over plain HTTP in small pieces, because a download by the hub's Rust
client (hf_xet) reports nothing in between and cannot be stopped. A file that the hub names by its SHA-256 is checked. Every
failure is a WeightsError of one sentence that names the way out.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from attention_core.models.cost import require_room_for_weights
from attention_core.models.hub_errors import explain, is_of_the_line
from attention_core.models.weights import WeightsError, WeightsFaultError

Progress = Callable[[int, int], None]
"""Called with the bytes that have arrived and the bytes in all, 0 if that is not known."""
CHUNK_BYTES: Final = 2**20
"""A download reports and can be cancelled after every so many bytes."""
ATTEMPTS: Final = 6
"""Requests for one file, each from where the line broke off."""
_ETAG: Final = r"[\w=+-][\w.=+-]*"
"""The hub's name for the content of a file, as the name of a file in the cache."""
_LOADING = threading.Lock()


class LoadCancelledError(WeightsError):
    """The load was cancelled; nothing of it was kept."""


@dataclass(frozen=True)
class Loading:
    """How one load reports and is stopped: `progress` in bytes, `cancel` an event that may be set from another thread."""

    what: str = "the model"
    progress: Progress | None = None
    cancel: threading.Event | None = None

    @property
    def quiet(self) -> Loading:
        """The same load for a small file, without progress."""
        return replace(self, progress=None)

    def check(self) -> None:
        """Raise LoadCancelledError if the load was cancelled."""
        if self.cancel is not None and self.cancel.is_set():
            raise LoadCancelledError(f"Loading {self.what} was cancelled; load it again when you want it.")

    def report(self, done: int, total: int) -> None:
        """Pass the progress on. Raises LoadCancelledError, or any error of the callback, which stops the download too."""
        self.check()
        if self.progress is not None:
            self.progress(done, total)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait for the load before, unless cancelled: one load runs at a time in a process."""
        while not _LOADING.acquire(timeout=0.05):
            self.check()
        try:
            self.check()
            yield
        finally:
            _LOADING.release()


def fetch(repository: str, filename: str, loading: Loading) -> Path:
    """Return the file's place in the hub's cache, downloaded if it is not there. Call it inside `loading.alone()`.

    Raises WeightsError, with the way out, if it cannot be had, and LoadCancelledError.
    """
    from huggingface_hub import hf_hub_download, try_to_load_from_cache

    loading.check()
    with _explained(repository, filename, loading):
        if isinstance(cached := try_to_load_from_cache(repository, filename), str):
            require_room_for_weights(repository, Path(cached).stat().st_size)
            return Path(cached)
    with closing(_downloading(repository, filename, loading)) as arriving:
        for done, total in arriving:
            loading.report(done, total)
    with _explained(repository, filename, loading):
        return Path(hf_hub_download(repository, filename))  # links what has arrived under its name


def require_possible(repository: str) -> None:
    """Raise WeightsError if nothing on the hub can have that name."""
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


def _downloading(repository: str, filename: str, loading: Loading) -> Generator[tuple[int, int], None, None]:
    """Bring the content of the file into the hub's cache; yields the bytes that have arrived and the bytes in all."""
    from huggingface_hub import constants, get_hf_file_metadata, hf_hub_url
    from huggingface_hub.file_download import repo_folder_name

    with _explained(repository, filename, loading):
        url = hf_hub_url(repository, filename)
        metadata = get_hf_file_metadata(url)  # asks once: the client's own download would retry for half a minute
        etag, total = metadata.etag or "", metadata.size or 0
        require_room_for_weights(repository, total)
        if metadata.commit_hash is None or not re.fullmatch(_ETAG, etag):
            raise ValueError("the hub does not say which file it is")
        folder = Path(constants.HF_HUB_CACHE, repo_folder_name(repo_id=repository, repo_type="model"), "blobs")
        if (folder / etag).exists():
            return
        yield 0, total
        folder.mkdir(parents=True, exist_ok=True)
        part, digest = folder / f"{uuid.uuid4().hex}.incomplete", hashlib.sha256()
        try:
            with part.open("wb") as file:
                for piece in _pieces(url):
                    file.write(piece)
                    digest.update(piece)
                    yield file.tell(), total
            if total not in (0, part.stat().st_size):
                raise ConnectionAbortedError("the file is not whole")
            if re.fullmatch("[0-9a-f]{64}", etag) and digest.hexdigest() != etag:
                raise WeightsFaultError(f"What arrived of {repository} is damaged and was removed; load it again.")
            part.replace(folder / etag)
        finally:
            part.unlink(missing_ok=True)


def _pieces(url: str) -> Iterator[bytes]:
    """Yield the content of the file; where the line breaks off, ask for the rest."""
    from huggingface_hub import constants
    from huggingface_hub.utils import (  # type: ignore[attr-defined]
        build_hf_headers,
        hf_raise_for_status,
        http_stream_backoff,
    )

    done = 0
    for attempt in range(1, ATTEMPTS + 1):
        headers = build_hf_headers() | {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
        try:
            with http_stream_backoff(
                "GET",
                url,
                headers=headers,
                timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT,
                retry_on_exceptions=(),
                retry_on_status_codes=(408, 429),
            ) as response:
                hf_raise_for_status(response)
                again = 0 if response.status_code == 206 else done  # bytes that a server sends again if it cannot resume
                for sent in response.iter_bytes(CHUNK_BYTES):
                    piece, again = sent[again:], max(0, again - len(sent))
                    done += len(piece)
                    yield piece
                return
        except Exception as error:
            if attempt == ATTEMPTS or not is_of_the_line(error):
                raise
        time.sleep(1)


@contextmanager
def _explained(repository: str, filename: str, loading: Loading) -> Iterator[None]:
    """Raise what the hub's client or the disk raises as a WeightsError."""
    try:
        yield
    except WeightsError:
        raise
    except Exception as error:
        loading.check()
        raise explain(error, repository, filename) from error
