"""A model that is being loaded in the background, so that the page goes on; one at a time in a session."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Final

import streamlit as st

from attention_core import VisionModel, WeightsError, load_model
from attention_core.models import LoadCancelledError

_JOB: Final = "load_job"


@dataclass
class LoadJob:
    """done and total are bytes; total is 0 while unknown. When the thread has ended there is a model, or an error, or neither:
    then it was cancelled."""

    name: str
    done: int = 0
    total: int = 0
    model: VisionModel | None = None
    error: str = ""
    cancel: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        return self.thread is not None and self.thread.is_alive()

    @property
    def says(self) -> str:
        """How far it is, for a progress bar."""
        if not self.total:
            return f"{self.name}: waiting for the hub…" if not self.done else f"{self.name}: {self.done / 1e6:.1f} MB"
        if self.done >= self.total:
            return f"{self.name}: building the model…"
        return f"{self.name}: {self.done / 1e6:.1f} of {self.total / 1e6:.1f} MB"

    @property
    def share(self) -> float:
        return min(1.0, self.done / self.total) if self.total else 0.0

    def _report(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    def _run(self) -> None:
        try:
            self.model = load_model(self.name, progress=self._report, cancel=self.cancel)
        except LoadCancelledError:
            return
        except (WeightsError, ValueError) as error:
            self.error = str(error)
        except Exception as error:  # noqa: BLE001 (a model may fail in any way; the reader gets a sentence, the app goes on)
            self.error = f"{self.name} could not be built ({type(error).__name__}); choose another model."


def start(name: str) -> None:
    """Load in a thread of its own; a load that is still running in this session is cancelled first."""
    stop()
    job = LoadJob(name)
    job.thread = threading.Thread(target=job._run, daemon=True, name=f"load {name}")
    st.session_state[_JOB] = job
    job.thread.start()


def stop() -> None:
    """Cancel what is being loaded, if anything is."""
    if (job := current()) is not None:
        job.cancel.set()
    st.session_state.pop(_JOB, None)


def current() -> LoadJob | None:
    """This session's last job."""
    job: LoadJob | None = st.session_state.get(_JOB)
    return job
