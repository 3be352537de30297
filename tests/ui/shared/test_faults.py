"""What fails: one sentence for the reader, one line for whoever runs the server, with one id and nothing of the reader's."""

from __future__ import annotations

import errno
import logging
import re
import threading

import pytest
import torch
from streamlit.error_util import handle_user_script_exception
from torch import nn

from attention_core import WeightsError, load_model
from attention_core.models.weights import WeightsFaultError
from tests.ui.conftest import Lines
from ui.shared.faults import FaultError, noted, say_fault, sentence
from ui.shared.work import Work, Workshop
from ui.streamlit_workarounds import keep_messages_out_of_the_log

SECRET = "/home/ada/portrait of ada.png"


def failed(error: Exception, kind: str = "pass") -> Exception:
    """What is said of an error that was raised."""
    try:
        raise error
    except Exception as raised:  # noqa: BLE001
        return noted(raised, kind, "The map", "your_image")


FAILURES = [
    (RuntimeError(SECRET), "failed, but the rest of the page stays: try again, or choose another picture or model"),
    (KeyError(SECRET), "failed, but the rest of the page stays"),
    (MemoryError(SECRET), "takes more memory than is free: choose a coarser detail or a smaller model"),
    (torch.OutOfMemoryError(SECRET), "takes more memory than is free"),
    (RuntimeError(f"DefaultCPUAllocator: can't allocate memory: {SECRET}"), "takes more memory than is free"),
    (OSError(errno.ENOSPC, "No space left on device", SECRET), "failed because the server's disk is full"),
    (PermissionError(errno.EACCES, "denied", SECRET), "failed, but the rest of the page stays"),
]


@pytest.mark.parametrize(("error", "message"), FAILURES, ids=lambda value: type(value).__name__)
def test_a_fault_is_one_sentence_and_one_line_with_one_id(error: Exception, message: str, fault_lines: list[str]) -> None:
    says = sentence(failed(error))
    (line,) = fault_lines
    found = re.fullmatch(
        r"fault id=(\w{8}) kind=pass type=(\w+)( errno=\w+)? page=your_image at=tests.ui.shared.test_faults:\d+", line
    )
    assert found is not None and found[2] == type(error).__name__
    assert says.startswith(f"The map {message}") and says.endswith(f" (fault {found[1]}).") and ". " not in says
    told = (line + says).replace(found[1], "")  # an id may be "ada8bf20"
    assert SECRET not in told and "ada" not in told
    if isinstance(error, OSError):
        assert found[3] == f" errno={errno.errorcode[error.errno or 0]}"


def test_what_is_said_to_the_reader_alone_is_no_fault(fault_lines: list[str]) -> None:
    error = WeightsError("x/y is not on the hub: check the spelling.")
    assert failed(error) is error and fault_lines == []
    assert sentence(WeightsError("no weights are here")) == "No weights are here."


def test_a_hub_that_fails_keeps_its_sentence_and_gets_an_id(fault_lines: list[str]) -> None:
    error = WeightsFaultError(f"The hub cannot be reached and {SECRET} is not here.")
    error.__cause__ = TimeoutError(SECRET)
    says = sentence(failed(error, "load"))
    (line,) = fault_lines
    assert "kind=load type=WeightsFaultError cause=TimeoutError page=your_image" in line and SECRET not in line
    assert re.fullmatch(rf"{error}"[:-1] + r" \(fault \w{8}\)\.", says)


def test_a_sentence_of_ours_is_told_from_a_librarys_message(fault_lines: list[str]) -> None:
    """Both are ValueErrors."""
    with pytest.raises(ValueError) as ours:
        load_model("no such model")
    assert noted(ours.value, "pass", "The map", "start") is ours.value and fault_lines == []
    with pytest.raises(ValueError) as theirs:
        nn.Conv2d(5, 5, 3, padding_mode=SECRET)
    assert isinstance(noted(theirs.value, "pass", "The map", "start"), FaultError) and SECRET not in fault_lines[0]


def test_a_fault_is_noted_once_however_many_are_told(fault_lines: list[str]) -> None:
    first = failed(RuntimeError())
    assert failed(first) is first and len(fault_lines) == 1
    workshop, may_fail = Workshop(places=1, threads=1), threading.Event()

    def fails(_: Work) -> None:
        may_fail.wait(10)
        raise RuntimeError(SECRET)

    works = [workshop.ask("map", "The map", fails, reader, page="compare") for reader in "abc"]
    may_fail.set()
    assert works[0].ended.wait(10) and works[0] is works[2] and isinstance(works[0].failure, FaultError)
    assert len(fault_lines) == 2 and "kind=pass type=RuntimeError page=compare" in fault_lines[1]


def test_a_load_is_told_from_a_pass(fault_lines: list[str]) -> None:
    def fails(_: Work) -> None:
        raise OSError(errno.EIO, SECRET)

    work = Workshop(places=1, threads=1).ask("load x", "x/y", fails, "a", computes=False, page="compare")
    assert work.ended.wait(10)
    assert "kind=load type=OSError errno=EIO page=compare" in fault_lines[0]


@pytest.mark.parametrize("wanted", ["", "true"])
def test_tracebacks_are_logged_where_a_setting_says_so(
    wanted: str, fault_lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGARD_TRACEBACKS", wanted)
    failed(RuntimeError("here"))
    assert ("Traceback" in fault_lines[0]) == bool(wanted)


def test_streamlit_logs_no_message_where_the_server_says_the_fault(fault_lines: list[str]) -> None:
    """Of a callback or a fragment, which app.py does not see."""
    log, lines = logging.getLogger("streamlit.error_util"), Lines()
    log.addHandler(lines)
    before = list(log.filters)
    log.filters[:] = []  # the server's own, which another test may have imported
    try:
        handle_user_script_exception(RuntimeError(SECRET), say_fault)
        assert SECRET in lines.seen[0], "Streamlit does so by itself"
        lines.seen.clear()
        keep_messages_out_of_the_log()
        handle_user_script_exception(RuntimeError(SECRET), say_fault)
    finally:
        log.filters[:] = before
        log.removeHandler(lines)
    assert lines.seen == [] and len(fault_lines) == 2
