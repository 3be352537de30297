"""What failed that should not have: one sentence for the reader, and one line for whoever runs the server, with one id.

The line says where it was and of which kind, and nothing that came from a reader: no message of the error, which may name
files.
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
"""Under which app.py puts the path of the page into the session."""
_OURS: Final = ("attention_core", "ui", "pages")
_LOG: Final = logging.getLogger("regard")


class FaultError(Exception):
    """A failure that is in the log; the message is a sentence for the reader, with its id."""


def noted(error: Exception, kind: str, what: str, page: str) -> Exception:
    """What is raised, or said, in place of an error: itself where it is a sentence of ours, on what the reader asked for.

    Everything else goes to the log. kind: of work, in a word. what: failed, as readers call it. page: on which.
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
    """The message of what `noted` returned, as a sentence."""
    says = str(error).rstrip(".")
    return f"{says[:1].upper()}{says[1:]}."


def page_shown() -> str:
    """The name of the page that runs."""
    return str(st.session_state.get(RUNNING, "")) or "start"


def say_fault(error: Exception) -> bool:
    """Say it here; true, for Streamlit, which then says nothing itself."""
    st.error(sentence(noted(error, "page", "This part of the page", page_shown())))
    return True


def keep_addresses_out_of_the_log() -> None:
    """The hub's client tells of every attempt with the address of a file, in which is the name that a reader has asked for."""
    for part in ("file_download", "utils._http"):
        logging.getLogger(f"huggingface_hub.{part}").setLevel(logging.ERROR)


@contextmanager
def part_of_page() -> Iterator[None]:
    """What fails inside is said in its place, and the rest of the page stays."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 (whatever it is)
        say_fault(error)


def _is_sentence(error: Exception) -> bool:
    """Whether its message is one of ours; a ValueError of a library's may say anything."""
    spoken = isinstance(error, ValueError | ImportError) and _module(_frames(error)[-1:]).startswith(_OURS)
    return isinstance(error, WeightsError) or spoken


def _reason(error: Exception, what: str) -> str:
    """Without the full stop."""
    if isinstance(error, WeightsError):
        return str(error).rstrip(".")
    if isinstance(error, MemoryError | torch.OutOfMemoryError) or "allocate memory" in str(error):
        return f"{what} takes more memory than is free; choose a coarser detail or a smaller model, or try again in a while"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{what} failed, as the server's disk is full; tell whoever runs it the number of this fault"
    return f"{what} failed and the rest stays; try again, or choose another picture or model"


def _cause(error: Exception) -> dict[str, str]:
    """What was behind it, and of the system's errors their names."""
    behind = error.__cause__ or error.__context__
    found = {"cause": type(behind).__name__} if behind is not None else {}
    numbers = [each.errno for each in (error, behind) if isinstance(each, OSError) and each.errno]
    return found | ({"errno": errno.errorcode.get(numbers[0], str(numbers[0]))} if numbers else {})


def _place(error: Exception) -> str:
    """The last line of ours that ran, and the last of all where that is another's."""
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
