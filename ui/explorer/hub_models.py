"""Choose a model from the hub, by its short name or by any typed name, and wait until it is loaded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

import streamlit as st

from attention_core import VisionModel, load_model
from attention_core.models import ModelCard, available_models, registered_models
from attention_core.models.drawable import require_drawable
from attention_core.settings import settings
from ui import jobs, keeping
from ui.explorer.own_weights import asked_digest, digest_of, file_changed, forget_weights, name_changed, uploader_key
from ui.explorer.state import ONLY, Side
from ui.explorer.upload_checks import weights_in
from ui.links import bound
from ui.shared.brought import bring
from ui.shared.work import Work

LONGEST_NAME: Final = 120
_HELD: Final = "hub-model-held"
LOAD: Final = "load"


@dataclass(frozen=True)
class Wanted:
    """The model that the reader has chosen.

    name: "" if no model is chosen. weights: the reader's own, as safetensors. If the link names weights that are not here,
    `weights` is None and `digest` is set.
    """

    name: str
    weights: bytes | None = field(default=None, repr=False)
    digest: str = ""


def choose_hub_model(side: Side = ONLY) -> Wanted:
    """Return the chosen model: a registered one or any typed name, with weights from the hub or from the reader."""
    offline = {info.name for info in available_models()}
    cards = {info.name: info.card for info in registered_models() if info.name not in offline and info.card}
    chosen = st.selectbox(
        "Model from the hub",
        list(cards),
        index=None,
        format_func=lambda name: cards[name].title if name in cards else name,
        placeholder="Choose, or type a name",
        help="Type a timm name, such as vit_base_patch16_224.dino. For a timm model on the hub, type hf-hub:owner/name. For a "
        "transformers model, type owner/name.",
        accept_new_options=True,
        on_change=name_changed,
        args=(side,),
        **bound(side.key("hub")),
    )
    name = (chosen or "").strip()[:LONGEST_NAME]
    if name in cards and (card := cards[name]):
        _describe(card)
    if not settings().own_weights:
        return Wanted(name, digest=asked_digest(side))
    with st.expander("Your own weights"):
        file = st.file_uploader(
            "A safetensors file for the architecture chosen above",
            max_upload_size=settings().weights_megabytes,
            key=uploader_key(side),
            on_change=file_changed,
            args=(side,),
            help="Save the file from timm's model of that name. The server keeps it in memory until you close or reload the "
            "page.",
        )
        weights = weights_in(file)
    if file is None or weights is None:
        return Wanted(name, digest=asked_digest(side))
    digest = digest_of(file.file_id, weights, side)
    bring(digest)
    return Wanted(name, weights, digest)


def loaded_model(wanted: Wanted, side: Side = ONLY) -> VisionModel | None:
    """Return the model if it is loaded. Else return None and show a load button, the progress, or why it cannot be loaded."""
    if not wanted.name:
        st.markdown("Choose a model in the model menu.")
        return None
    if (model := _at_hand(wanted, side)) is not None:
        return model
    if wanted.digest and wanted.weights is None:
        forget: dict[str, Any] = {"on_click": forget_weights, "args": (side,), "key": side.key("hub-weights")}
        if settings().hub:
            st.button("Use the hub's weights", icon=":material/download:", **forget)
        return None
    if says := refusal(wanted):
        st.markdown(says)
        return None

    def load(work: Work) -> VisionModel:
        own: dict[str, Any] = {} if wanted.weights is None else {"checkpoint": wanted.weights}
        model = load_model(wanted.name, **own, device=settings().device, progress=work.progress, cancel=work.cancel)
        require_drawable(model)
        found = replace(model, title=f"{model.title}, own weights") if own else model
        return keeping.keep_hub_model(wanted.name, wanted.digest, found)

    key = f"load {wanted.name} {wanted.digest}"
    kind = side.key(LOAD)
    job = jobs.current(kind, key)
    if job is not None and job.running:
        jobs.wait(kind, key, _says)
        return None
    if job is not None and job.result is not None:
        jobs.stop(kind)
        made: VisionModel = job.result
        return made
    if job is not None and job.error:
        st.warning(job.error)
    label, icon = ("Load", ":material/download:") if wanted.weights is None else ("Load with your weights", ":material/upload:")
    start: dict[str, Any] = {
        "on_click": jobs.start,
        "args": (kind, key, load, wanted.name),
        "kwargs": {"computes": False},
        "key": side.key("load-model"),
    }
    st.button(label, icon=icon, type="primary", **start)
    return None


def refusal(wanted: Wanted) -> str:
    """Return one sentence on why this server refuses to load the model; "" if it does not refuse."""
    if settings().hub:
        return ""
    if wanted.weights is None:
        return "This server loads no models from the hub. Add your own weights in the model menu."
    if "/" in wanted.name:
        return f"{wanted.name} is a name on the hub, and this server does not use the hub. Choose an architecture from timm."
    return ""


def _at_hand(wanted: Wanted, side: Side) -> VisionModel | None:
    """Return the model if it is loaded. A session keeps its current model, even if the server's cache has dropped it."""
    held: tuple[Wanted, VisionModel] | None = st.session_state.get(side.key(_HELD))
    asked = Wanted(wanted.name, digest=wanted.digest)
    model = held[1] if held is not None and held[0] == asked else keeping.hub_model(wanted.name, wanted.digest)
    if model is not None:
        st.session_state[side.key(_HELD)] = (asked, model)
    return model


def _says(work: Work) -> str:
    """Return the progress of a download, in megabytes."""
    if not work.total:
        return f"{work.what}: waiting for the hub…" if not work.done else f"{work.what}: {work.done / 1e6:.1f} MB"
    if work.done >= work.total:
        return f"{work.what}: building the model…"
    return f"{work.what}: {work.done / 1e6:.1f} of {work.total / 1e6:.1f} MB"


def _describe(card: ModelCard) -> None:
    tokens = f" Prefix tokens: {', '.join(card.prefix_tokens)}." if card.prefix_tokens else " No prefix tokens."
    st.caption(
        f"{card.parameters / 1e6:.1f} million parameters, about {card.megabytes} MB. Licence: {card.licence}. "
        f"Patches of {card.patch_size} px.{tokens}"
    )
