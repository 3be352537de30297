"""Failures on the way from the hub, each in one sentence with the way out."""

from __future__ import annotations

import errno
from typing import Final

from attention_core.models.weights import WeightsError, WeightsFaultError

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY: Final = {errno.EACCES, errno.EPERM, errno.EROFS}
_BROKEN_OFF: Final = {"ProtocolError", "ReadError", "ReadTimeout", "ConnectionAbortedError", "IncompleteRead"}
_NOT_REACHED: Final = {"TransportError", "OfflineModeIsEnabled", "LocalEntryNotFoundError", "ConnectionError", "Timeout"}
_ABSENT: Final = {"RepositoryNotFoundError", "RevisionNotFoundError", "HFValidationError"}


def explain(error: Exception, repository: str, filename: str) -> WeightsError:
    """Return the sentence for what the hub's client raised: a WeightsFaultError if the hub, the line or the disk has failed."""
    names = _names(error)
    status = getattr(getattr(error, "response", None), "status_code", None)
    if "GatedRepoError" in names:
        text = (
            f"{repository} is gated: accept its terms on its page on the hub, log in with `hf auth login`, and load it again."
        )
    elif names & _ABSENT or status == 401:
        text = f"{repository} is not on the hub, or it is private: check the spelling, or log in with `hf auth login`."
    elif "EntryNotFoundError" in names and "LocalEntryNotFoundError" not in names:
        text = _missing(repository, filename)
    else:
        return _fault(error, names, status, repository)
    return WeightsError(text)


def is_of_the_line(error: Exception) -> bool:
    """Whether the line to the hub broke off or hangs, so that asking again may help."""
    return "TransportError" in _names(error)


def _names(error: Exception) -> set[str]:
    """Names of the error's classes, by which errors are told: the client's HTTP library varies."""
    return {base.__name__ for base in type(error).__mro__}


def _fault(error: Exception, names: set[str], status: int | None, repository: str) -> WeightsFaultError:
    if status is not None:
        text = f"The hub refused {repository} with status {status}; load it again later, or choose another model."
    elif isinstance(error, OSError) and error.errno in _FULL:
        text = f"The disk is full, and nothing of {repository} was kept; free some space, or set HF_HOME to a folder with more."
    elif isinstance(error, OSError) and error.errno in _READ_ONLY:
        text = f"The hub's cache cannot be written, so {repository} cannot be kept; set HF_HOME to a folder that can."
    elif names & _BROKEN_OFF:
        text = f"The download of {repository} broke off, and nothing of it was kept; load it again."
    elif names & _NOT_REACHED:
        text = (
            f"The hub cannot be reached and {repository} is not on this computer; connect to the internet, or set HF_ENDPOINT "
            "to a mirror, and load it again."
        )
    else:
        text = f"{repository} could not be loaded ({type(error).__name__}); load it again, or choose another model."
    return WeightsFaultError(text)


def _missing(repository: str, filename: str) -> str:
    if filename.endswith(".safetensors"):
        return (
            f"{repository} has no {filename}, and pickled weights (.bin, .pt, .ckpt) are not read; "
            "choose a model that publishes safetensors."
        )
    return f"{repository} has no {filename}, which says how to use it; choose a model that was made for timm or transformers."
