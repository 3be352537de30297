"""Choosing a model from the hub, by its short name or any name that is typed in, and waiting for it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from attention_core import VisionModel, load_model
from attention_core.models import ModelCard, available_models, registered_models
from ui import caches, jobs
from ui.links import bound
from ui.state import clear_pin

LONGEST_NAME: Final = 120
LOAD: Final = "load"


def choose_hub_model() -> str:
    """A name; "" while none is chosen."""
    offline = {info.name for info in available_models()}
    cards = {info.name: info.card for info in registered_models() if info.name not in offline and info.card}
    chosen = st.selectbox(
        "Model from the hub",
        list(cards),
        index=None,
        format_func=lambda name: cards[name].title if name in cards else name,
        placeholder="Choose, or type a name of timm's or hf-hub:owner/name",
        accept_new_options=True,
        on_change=clear_pin,
        **bound("hub"),
    )
    name = (chosen or "").strip()[:LONGEST_NAME]
    if name in cards and (card := cards[name]):
        _describe(card)
    return name


def loaded_model(name: str) -> VisionModel | None:
    """The model, if it is there. Else None, with a button that loads it, its progress, or one sentence on why it cannot be."""
    if not name:
        st.caption("The map stays with the model before until you choose one.")
        return None
    if (model := caches.hub_model(name)) is not None:
        return model
    job = jobs.current(LOAD, name)
    if job is not None and job.running:
        jobs.wait(LOAD, name, _says)
        return None
    if job is not None and job.result is not None:
        jobs.stop(LOAD)
        return caches.keep_hub_model(name, job.result)
    if job is not None and job.error:
        st.warning(f"{job.error} The map stays with the model before.")
    st.button("Load", icon=":material/download:", type="primary", on_click=jobs.start, args=(LOAD, name, _load, name))
    return None


def _load(job: jobs.Job) -> VisionModel:
    return load_model(job.name, progress=job.report, cancel=job.cancel)


def _says(job: jobs.Job) -> str:
    """How far a load is, in bytes."""
    if not job.total:
        return f"{job.name}: waiting for the hub…" if not job.done else f"{job.name}: {job.done / 1e6:.1f} MB"
    if job.done >= job.total:
        return f"{job.name}: building the model…"
    return f"{job.name}: {job.done / 1e6:.1f} of {job.total / 1e6:.1f} MB"


def _describe(card: ModelCard) -> None:
    tokens = f" Prefix tokens: {', '.join(card.prefix_tokens)}." if card.prefix_tokens else " No prefix tokens."
    st.caption(
        f"{card.parameters / 1e6:.1f} million parameters, about {card.megabytes} MB. Licence: {card.licence}. "
        f"Patches of {card.patch_size} px.{tokens}"
    )
