"""Which model looks, with which settings: those that need no hub, and the hub's."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from attention_core import available_models
from attention_core.models import ModelInfo, model_info
from attention_core.models.untrained import MAX_HEAD_DIM, MAX_PATCH, MAX_RANDOM_HEADS, MAX_SEED, MIN_PATCH
from attention_core.models.vision import MAX_ACROSS, MAX_PIXELS_ACROSS, MIN_ACROSS, max_across
from ui.caches import Options
from ui.hub_models import choose_hub_model, loaded_model
from ui.links import bound
from ui.state import DEFAULTS, clear_pin

HUB = "hub"
LAST_SOURCE = "last_source"


@dataclass(frozen=True)
class Source:
    """Which model looks, with which settings, and how finely it cuts the picture."""

    info: ModelInfo
    options: Options
    across: int


def choose_source() -> Source:
    """The model and the grid; says what may change on it and why."""
    models = {info.name: info for info in available_models()}
    titles = {name: info.title for name, info in models.items()} | {HUB: "From the hub"}
    name = st.segmented_control(
        "Model",
        list(titles),
        format_func=titles.__getitem__,
        default=DEFAULTS["model"],
        required=True,
        wrap=True,
        on_change=clear_pin,
        **bound("model"),
    )
    if name == HUB:
        return _hub_source()
    info = models[name or DEFAULTS["model"]]
    across = _choose_across()
    if not info.free_patch_size:
        source = Source(info, (), across)
        st.caption(
            "Patches of 14 × 14 px, fixed; their number is free.",
            help="The patch embedding was learned on 14 × 14 pixels and fits no other size. The position embeddings, learned "
            "on 37 × 37 patches, are interpolated to your picture's grid: the farther from 37, the less the model was trained "
            "for it.",
        )
    else:
        source = _source_of_free_patches(info, across)
    st.session_state[LAST_SOURCE] = source
    return source


def _choose_across() -> int:
    across: int = st.slider(
        "Patches across",
        MIN_ACROSS,
        MAX_ACROSS,
        DEFAULTS["across"],
        help="Along the longer side; the shorter side keeps the picture's shape. More patches, finer map, more work.",
        on_change=clear_pin,
        **bound("across"),
    )
    return across


def _source_of_free_patches(info: ModelInfo, across: int) -> Source:
    patch = st.slider("Patch size (px)", MIN_PATCH, MAX_PATCH, DEFAULTS["patch"], on_change=clear_pin, **bound("patch"))
    options: Options = (("patch_size", patch),)
    if info.name == "random-heads":
        options += _random_head_options()
    limit = max_across(patch)
    if across > limit:
        st.caption(f"At most {limit} patches of {patch} px across ({MAX_PIXELS_ACROSS:,} px); {limit} are shown.")
    return Source(info, options, min(across, limit))


def _hub_source() -> Source:
    """The hub's model where it is loaded; else the one that was shown before."""
    before: Source = st.session_state.get(LAST_SOURCE, Source(available_models()[0], (), DEFAULTS["across"]))
    name = choose_hub_model()
    model = loaded_model(name)
    if model is None:
        return before
    if not model.plain:
        st.info(
            f"{model.title} attends within windows, or over pooled grids, which this map does not draw yet; the map stays with "
            "the model before. In Python it is recorded as any other."
        )
        return before
    low, high = model.across_limits
    if low == high:
        st.caption(f"It takes one size: {high} patches of {model.patch_size} px across, to which the picture is stretched.")
        across = high
    else:
        asked = _choose_across()
        across = max(low, min(asked, high))
        if across != asked:
            st.caption(
                f"At most {high} patches of {model.patch_size} px across ({MAX_PIXELS_ACROSS:,} px); {across} are shown."
            )
    source = Source(model_info(name), (), across)
    st.session_state[LAST_SOURCE] = source
    return source


def _random_head_options() -> Options:
    count, width, seed = st.columns(3)
    return (
        ("num_heads", count.number_input("Heads", 1, MAX_RANDOM_HEADS, DEFAULTS["num_heads"], **bound("num_heads"))),
        ("head_dim", width.number_input("Width", 1, MAX_HEAD_DIM, DEFAULTS["head_dim"], **bound("head_dim"))),
        ("seed", seed.number_input("Seed", 0, MAX_SEED, DEFAULTS["seed"], **bound("seed"))),
    )
