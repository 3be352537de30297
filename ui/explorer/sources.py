"""Which model looks, with which settings: those that need no hub, and the hub's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import streamlit as st

from attention_core import available_models
from attention_core.models import ModelInfo, model_info
from attention_core.models.patching import can_repatch
from attention_core.models.untrained import MAX_HEAD_DIM, MAX_PATCH, MAX_RANDOM_HEADS, MAX_SEED, MIN_PATCH
from attention_core.models.vision_model import MAX_ACROSS, MAX_PIXELS_ACROSS, MIN_ACROSS, max_across
from ui.caches import Options
from ui.choices import pills
from ui.explorer.hub_models import choose_hub_model, loaded_model
from ui.explorer.state import DEFAULTS
from ui.links import bound

HUB = "hub"
TRAINED_PATCH: Final = 14
TRAINED_ACROSS: Final = 37
"""On what DINOv2-small was trained."""
LAST_SOURCE = "last_source"


@dataclass(frozen=True)
class Source:
    """Which model looks, with which settings, and how finely it cuts the picture.

    checkpoint: the digest of the reader's own weights; "" with the model's.
    """

    info: ModelInfo
    options: Options
    across: int
    checkpoint: str = ""


def choose_source() -> Source:
    """The model and the grid; says what may change on it and why."""
    models = {info.name: info for info in available_models()}
    titles = {name: info.title for name, info in models.items()} | {HUB: "From the hub"}
    name = pills("Model", titles, "model", DEFAULTS["model"])
    if name == HUB:
        return _hub_source()
    info = models[name]
    across = _choose_across()
    if info.free_patch_size:
        source = _source_of_free_patches(info, across)
    else:
        options, step = _choose_cut(TRAINED_PATCH, TRAINED_ACROSS)
        source = Source(info, options, _at_most(across, step))
    st.session_state[LAST_SOURCE] = source
    return source


def _choose_across() -> int:
    across: int = st.slider(
        "Patches across",
        MIN_ACROSS,
        MAX_ACROSS,
        DEFAULTS["across"],
        help="Along the longer side; the shorter side keeps the picture's shape. More patches, finer map, more work.",
        **bound("across"),
    )
    return across


def _choose_cut(trained: int, across: int) -> tuple[Options, int]:
    """The model's options, and the step in pixels: patches as they were learned, or what can be made of them.

    trained: the patch size that was learned, on `across` × `across` of them. The text below the map says what each changes.
    """
    small, large = max(MIN_PATCH, 4 * math.ceil(trained / 8)), min(MAX_PATCH, 4 * (3 * trained // 8))
    cuts: dict[str, tuple[str, Options, int]] = {
        "trained": (f"{trained} px, as trained", (), trained),
        "overlapping": (f"{trained} px, one every {trained // 2}", (("stride", trained // 2),), trained // 2),
    }
    cuts |= {
        name: (f"{size} px", (("patch_size", size),), size)
        for name, size in (("small", small), ("large", large))
        if size != trained
    }
    if st.session_state.get("patching", "trained") not in cuts:  # chosen for a model of another patch size
        st.session_state["patching"] = "trained"
    chosen = pills(
        "Patches",
        {name: says for name, (says, _, _) in cuts.items()},
        "patching",
        DEFAULTS["patching"],
        help=f"Learned on {trained} × {trained} pixels, {across} × {across} of them. Overlapping patches make room for more of them "
        "on the same pixels: a finer map once you raise Patches across. Another size is resampled from what it learned. "
        f"Position embeddings are interpolated to the grid: the farther from {across}, the less the model was trained for it.",
    )
    _, options, step = cuts[chosen]
    return options, step


def _at_most(across: int, step: int) -> int:
    limit = max_across(step)
    if across > limit:
        st.caption(f"At most {limit} patches {step} px apart ({MAX_PIXELS_ACROSS:,} px); {limit} are shown.")
    return min(across, limit)


def _source_of_free_patches(info: ModelInfo, across: int) -> Source:
    patch = st.slider("Patch size (px)", MIN_PATCH, MAX_PATCH, DEFAULTS["patch"], **bound("patch"))
    options: Options = (("patch_size", patch),)
    if info.name == "random-heads":
        options += _random_head_options()
    return Source(info, options, _at_most(across, patch))


def _hub_source() -> Source:
    """The hub's model where it is loaded; else the one that was shown before."""
    before: Source = st.session_state.get(LAST_SOURCE, Source(available_models()[0], (), DEFAULTS["across"]))
    wanted = choose_hub_model()
    model = loaded_model(wanted)
    if model is None:
        if wanted.name:
            st.caption(f"Until then the map is that of {before.info.title}.")
        return before
    low, high = model.across_limits
    options: Options = ()
    if low == high:
        st.caption(f"It takes one size: {high} patches of {model.patch_size} px across, to which the picture is stretched.")
        across = high
    else:
        across, step = _choose_across(), model.patch_size
        if can_repatch(model.module):
            options, step = _choose_cut(model.patch_size, model.default_across)
        across = max(low, _at_most(across, step))
    source = Source(model_info(wanted.name), options, across, wanted.digest)
    st.session_state[LAST_SOURCE] = source
    return source


def _random_head_options() -> Options:
    count, width, seed = st.columns(3)
    return (
        ("num_heads", count.number_input("Heads", 1, MAX_RANDOM_HEADS, DEFAULTS["num_heads"], **bound("num_heads"))),
        ("head_dim", width.number_input("Width", 1, MAX_HEAD_DIM, DEFAULTS["head_dim"], **bound("head_dim"))),
        ("seed", seed.number_input("Seed", 0, MAX_SEED, DEFAULTS["seed"], **bound("seed"))),
    )
