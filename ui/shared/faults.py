"""Faults: unexpected failures. The reader gets a sentence and the server's log gets a line, both with the same id.

The line names the place and the type of the error. It contains nothing that came from a reader. So it leaves out the error's
message, which may name files.
"""

from __future__ import annotations

import errno
import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Final

import streamlit as st
import torch

from attention_core.models.weights import WeightsError, WeightsFaultError
from attention_core.settings import settings

RUNNING: Final = "page_that_runs"
"""Session-state key for the current page's path."""
_OURS: Final = ("attention_core", "ui", "pages")
_LOG: Final = logging.getLogger("regard")


class FaultError(Exception):
    """A failure that is in the log. Its message is a sentence for the reader, with the id."""


def noted(error: Exception, kind: str, what: str, page: str) -> Exception:
    """Return the error for the reader: the error itself if its message is one of our sentences, else a FaultError.

    A FaultError is also logged. kind: of work, in a word. what: the failed thing, as readers call it. page: the page's name.
    """
    if isinstance(error, FaultError) or (_is_sentence(error) and not isinstance(error, WeightsFaultError)):
        return error
    number = uuid.uuid4().hex[:8]
    facts = {"id": number, "kind": kind, "type": type(error).__name__, **_cause(error), "page": page, "at": _place(error)}
    line = " ".join(f"{name}={value}" for name, value in facts.items())
    _LOG.error("fault %s", line, exc_info=error if settings().tracebacks else None)
    fault = FaultError(f"{_reason(error, what)} (fault {number}).")
    fault.__cause__ = error
    return fault


def sentence(error: Exception) -> str:
    """Return the message of an error from `noted`, as a sentence."""
    says = str(error).rstrip(".")
    return f"{says[:1].upper()}{says[1:]}."


def page_shown() -> str:
    """Return the name of the current page."""
    return str(st.session_state.get(RUNNING, "")) or "start"


def say_fault(error: Exception) -> bool:
    """Show the error here. Return True, so that Streamlit shows nothing itself."""
    st.error(sentence(noted(error, "page", "This part of the page", page_shown())))
    return True


def keep_addresses_out_of_the_log() -> None:
    """Silence the hub client's log. It contains addresses of files, and these contain names that readers have typed."""
    for part in ("file_download", "utils._http"):
        logging.getLogger(f"huggingface_hub.{part}").setLevel(logging.ERROR)


@contextmanager
def part_of_page() -> Iterator[None]:
    """Catch an error inside the block and show it there. The rest of the page stays."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 (whatever it is)
        say_fault(error)


def _is_sentence(error: Exception) -> bool:
    """True if the error's message is one of our sentences. A ValueError from a library may say anything."""
    spoken = isinstance(error, ValueError | ImportError) and _module(_frames(error)[-1:]).startswith(_OURS)
    return isinstance(error, WeightsError) or spoken


def _reason(error: Exception, what: str) -> str:
    """Return the sentence for the reader, without the full stop."""
    if isinstance(error, WeightsError):
        return str(error).rstrip(".")
    if isinstance(error, MemoryError | torch.OutOfMemoryError) or "allocate memory" in str(error):
        return f"{what} takes more memory than is free: choose a coarser detail or a smaller model, or try again in a while"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{what} failed because the server's disk is full: tell the number of this fault to the server's administrator"
    return f"{what} failed, but the rest of the page stays: try again, or choose another picture or model"


def _cause(error: Exception) -> dict[str, str]:
    """Return the type of the error's cause, and the name of a system error such as ENOSPC."""
    cause = error.__cause__ or error.__context__
    facts = {"cause": type(cause).__name__} if cause is not None else {}
    numbers = [each.errno for each in (error, cause) if isinstance(each, OSError) and each.errno]
    return facts | ({"errno": errno.errorcode.get(numbers[0], str(numbers[0]))} if numbers else {})


def _place(error: Exception) -> str:
    """Return the last line of our code that ran, and the very last line if it belongs to a library."""
    frames = _frames(error)
    ours = [frame for frame in frames if _module([frame]).startswith(_OURS)]
    last = [*ours[-1:], *frames[-1:]]
    return ",".join(dict.fromkeys(f"{_module([frame])}:{frame.tb_lineno}" for frame in last))


def _frames(error: Exception) -> list[TracebackType]:
    frames, frame = [], error.__traceback__
    while frame is not None:
        frames.append(frame)
        frame = frame.tb_next
    return frames


def _module(frames: list[TracebackType]) -> str:
    return str(frames[0].tb_frame.f_globals.get("__name__", "")) if frames else ""
