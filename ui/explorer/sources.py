"""The model of a picture and its settings, chosen from the offered models or from the hub."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from attention_core.models import ModelInfo, model_info
from attention_core.models.patching import can_repatch
from attention_core.models.untrained import MAX_HEAD_DIM, MAX_PATCH, MAX_RANDOM_HEADS, MAX_SEED, MIN_PATCH
from attention_core.models.vision_model import MAX_ACROSS, MAX_PIXELS_ACROSS, MIN_ACROSS, max_across
from attention_core.settings import settings
from ui.caches import Options
from ui.choices import pills, title_of
from ui.explorer.detail import choose_across
from ui.explorer.hub_models import choose_hub_model, loaded_model
from ui.explorer.own_weights import asked_digest, leave_weights, link_weights
from ui.explorer.state import ONLY, Side
from ui.links import bound
from ui.offers import HUB, offered_models, offers_more, opening_model
from ui.recording import Recording

TRAINED_PATCH: Final = 14
TRAINED_ACROSS: Final = 37
"""Patches along each side of the pictures that DINOv2-small was trained on."""
LAST_SOURCE = "last_source"
LONGEST_TITLE: Final = 32


@dataclass(frozen=True)
class Source:
    """A model with its settings, and the number of patches along the picture's longer side.

    checkpoint: the digest of the reader's own weights; "" for the model's. trained_across: patches along the side of the
    pictures that the model was trained on; None if it was not trained. stands_in_for: the digest of weights that the link names
    and that are missing.
    """

    info: ModelInfo
    options: Options
    across: int
    checkpoint: str = ""
    trained_across: int | None = None
    stands_in_for: str = ""


def choose_source(model_place: DeltaGenerator, detail_place: DeltaGenerator, gate: DeltaGenerator, side: Side = ONLY) -> Source:
    """Show the model menu and the detail menu, and return the choice. A model that is not loaded yet waits in `gate`."""
    models = {info.name: info for info in offered_models()}
    with model_place:
        name = pills("Model", model_titles(), side.key("model"), opening_model(side.defaults["model"]))
    if name == HUB:
        return _hub_source(model_place, detail_place, gate, side)
    leave_weights(side)
    info = models[name]
    with detail_place:
        across = choose_across(TRAINED_ACROSS, MIN_ACROSS, MAX_ACROSS, side)
        if info.free_patch_size:
            source = _source_of_free_patches(info, across, side)
        else:
            options, step = _choose_cut(TRAINED_PATCH, TRAINED_ACROSS, side)
            source = Source(info, options, _at_most(across, step), trained_across=TRAINED_ACROSS)
    st.session_state[side.key(LAST_SOURCE)] = source
    return source


def model_title(side: Side = ONLY) -> str:
    """Return the text of the button that opens the model menu."""
    chosen, hub = title_of(side.key("model"), model_titles(), opening_model(side.defaults["model"])), side.key("hub")
    name = str(st.session_state.get(hub) or st.query_params.get(hub, ""))
    if chosen != model_titles().get(HUB) or not name:
        return chosen
    return f"Own weights: {name}"[:LONGEST_TITLE] if asked_digest(side) else name[:LONGEST_TITLE]


def model_titles() -> dict[str, str]:
    offered = {info.name: info.title for info in offered_models()}
    return offered | ({HUB: "From the hub" if settings().hub else "Your own weights"} if offers_more() else {})


def _choose_cut(trained: int, across: int, side: Side) -> tuple[Options, int]:
    """Show the choice of patch size and stride. Return the model's options and the step between patches in pixels.

    trained: the patch size that the model learned, on `across` × `across` patches.
    """
    small, large = max(MIN_PATCH, 4 * math.ceil(trained / 8)), min(MAX_PATCH, 4 * (3 * trained // 8))
    cuts: dict[str, tuple[str, Options, int]] = {
        "trained": (f"{trained} px, as learned", (), trained),
        "overlapping": (f"{trained} px, half overlapping", (("stride", trained // 2),), trained // 2),
    }
    cuts |= {
        name: (f"{size} px", (("patch_size", size),), size)
        for name, size in (("small", small), ("large", large))
        if size != trained
    }
    key = side.key("patching")
    _follow_older_link()
    if st.session_state.get(key, "trained") not in cuts:  # the choice was for a model of another patch size
        st.session_state[key] = "trained"
    chosen = pills(
        "Patches",
        {name: says for name, (says, _, _) in cuts.items()},
        key,
        side.defaults["patching"],
        help=f"The model learned on patches of {trained} × {trained} pixels. Overlapping patches fit more patches on the same "
        "pixels. For a finer map, also choose more patches along the side. Another size resamples the learned weights.",
    )
    _, options, step = cuts[chosen]
    return options, step


def _follow_older_link() -> None:
    """Replace the option names of older links by the current ones."""
    says = st.query_params.get("patching", "")
    for before, now in (
        (r"(\d+) px, as trained", r"\1 px, as learned"),
        (r"(\d+) px, one every \d+", r"\1 px, half overlapping"),
    ):
        if re.fullmatch(before, says):
            st.query_params["patching"] = re.sub(before, now, says)


def say_grid(place: DeltaGenerator, shown: Recording, source: Source) -> None:
    """Say how the picture is cut, and what the model was trained on."""
    grid, step = shown.grid, shown.model.patch_size
    size = shown.model.kernel_size or step
    every = f", one every {step} px" if step < size else ""
    said = f"{grid.rows} × {grid.cols} patches of {size} × {size} px{every}."
    if (usual := source.trained_across) is not None:
        said += f" The model was trained on {usual} × {usual}."
        if max(grid.rows, grid.cols) != usual:
            said += f" Its position embeddings are interpolated. Numbers far from {usual} are less familiar to the model."
    place.caption(said)


def _at_most(across: int, step: int) -> int:
    limit = max_across(step)
    if across > limit:
        st.caption(f"At most {limit} patches {step} px apart fit ({MAX_PIXELS_ACROSS:,} px). You see {limit}.")
    return min(across, limit)


def _source_of_free_patches(info: ModelInfo, across: int, side: Side) -> Source:
    patch = st.slider("Patch size (px)", MIN_PATCH, MAX_PATCH, side.defaults["patch"], **bound(side.key("patch")))
    options: Options = (("patch_size", patch),)
    if info.name == "random-heads":
        options += _random_head_options(side)
    return Source(info, options, _at_most(across, patch))


def _hub_source(model_place: DeltaGenerator, detail_place: DeltaGenerator, gate: DeltaGenerator, side: Side) -> Source:
    """Return the hub's model if it is loaded, else the model that was on the page before."""
    first = Source(offered_models()[0], (), side.defaults["across"])
    before: Source = st.session_state.get(side.key(LAST_SOURCE), first)
    with model_place:
        wanted = choose_hub_model(side)
    with gate:
        model = loaded_model(wanted, side)
        if model is None:
            of_side = f"{side.prefix} map" if side.prefix else "map"
            says = f"Until then the {of_side} shows {before.info.title}. Add your own weights in the model menu."
            st.caption(says)
            asked = asked_digest(side)
            return before if before.checkpoint.startswith(asked) else replace(before, stands_in_for=asked)
    link_weights(wanted.digest, side)
    low, high = model.across_limits
    options: Options = ()
    with detail_place:
        if low == high:
            st.caption(f"This model has one size: {high} patches of {model.patch_size} px across. The picture is stretched.")
            across = high
        else:
            across, step = choose_across(model.default_across, low, high, side), model.patch_size
            if can_repatch(model.module):
                options, step = _choose_cut(model.patch_size, model.default_across, side)
            across = max(low, _at_most(across, step))
    source = Source(model_info(wanted.name), options, across, wanted.digest, model.default_across)
    st.session_state[side.key(LAST_SOURCE)] = source
    return source


def _random_head_options(side: Side) -> Options:
    count, width, seed = st.columns(3)

    def number(place: DeltaGenerator, label: str, name: str, low: int, high: int) -> tuple[str, int]:
        return name, int(place.number_input(label, low, high, side.defaults[name], **bound(side.key(name))))

    return (
        number(count, "Heads", "num_heads", 1, MAX_RANDOM_HEADS),
        number(width, "Width", "head_dim", 1, MAX_HEAD_DIM),
        number(seed, "Seed", "seed", 0, MAX_SEED),
    )
