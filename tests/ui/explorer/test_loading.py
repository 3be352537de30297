"""What a session holds of recordings between runs: outlines, whose numbers are the server's."""

from __future__ import annotations

import time
from functools import partial

import torch

from attention_core.models.trained import dinov2_small
from tests.ui.pages import run_page, sent
from ui.data.layers import cut_layers
from ui.data.leases import leases
from ui.pictures import photograph
from ui.recording import WITH_FEATURES, make_recording
from ui.shared.kept import store
from ui.shared.sized import tensors_in
from ui.shared.work import Workshop

LINK = {"model": "Raw patches", "picture": "Cat", "across": "8"}
LARGE = {"model": "Raw patches", "picture": "Astronaut", "patch": "8", "across": "66"}
GRID = {"rows": 66, "cols": 66}
PATIENCE = 120
"""Runs of the page, half a second after each other."""


def test_between_runs_a_session_holds_no_numbers_of_a_recording() -> None:
    app = run_page("your_image", **LINK)
    assert "recordings_of_this_run" not in app.session_state
    (outline,) = app.session_state["outlines"].values()
    assert {tensor.device.type for tensor in tensors_in(outline)} == {"meta"}
    assert {tensor.device.type for tensor in tensors_in(outline.whole)} == {"cpu"}


def test_of_a_large_picture_session_and_lease_hold_an_outline_and_it_stays_shown() -> None:
    """Its numbers are the store's alone, which lets go of them when it is full."""
    app = run_page("your_image", **LARGE)
    for _ in range(PATIENCE):
        if sent(app, "regard_explorer")[0]["grid"] == GRID:
            break
        time.sleep(0.5)
        app.run()
    shown = sent(app, "regard_explorer")[0]
    lease = leases().find(shown["lease"])
    assert shown["grid"] == GRID and lease is not None
    for outline in (lease.leased, *app.session_state["outlines"].values()):
        assert {tensor.device.type for tensor in tensors_in(outline)} == {"meta"}
    store().forget(lambda _: True)
    assert lease.recipe is not None and lease.recipe.find() is None, "nobody holds it besides"
    app.run()
    assert not app.exception and sent(app, "regard_explorer")[0]["recording"] == shown["recording"]
    assert store().find(("recording", shown["recording"])) is None, "a run of the page needs no numbers"


def test_numbers_that_the_server_let_go_of_are_made_anew_and_are_the_same() -> None:
    app = run_page("your_image", **LINK)
    (outline,) = app.session_state["outlines"].values()
    before = outline.whole.record.layers[0].q.clone()
    store().forget(lambda _: True)
    app.run()
    assert not app.exception
    torch.testing.assert_close(outline.whole.record.layers[0].q, before, rtol=0, atol=0)


def test_layers_are_cut_although_their_recording_was_let_go_of_meanwhile() -> None:
    app = run_page("your_image", **LINK)
    (outline,) = app.session_state["outlines"].values()
    store().forget(lambda _: True)
    work = Workshop(1, 1).ask("layers of it", "The layers", partial(cut_layers, outline, 0), app)
    while not work.ended.wait(1.0):
        work.wanted_by(app)
    assert work.failure is None and store().find(("layer_for_wire", outline.layer_key(0), 0)) is not None


def test_a_layer_recorded_with_features_is_the_layer_recorded_without() -> None:
    picture, model = photograph("cat"), dinov2_small()
    plain, with_features = (
        make_recording(f"cat{mark}", picture, model, 8, features=bool(mark)) for mark in ("", WITH_FEATURES)
    )
    for layer, (one, other) in enumerate(zip(plain.layers, with_features.layers, strict=True)):
        assert plain.layer_key(layer) == with_features.layer_key(layer)
        assert torch.equal(one.layer.q, other.layer.q) and torch.equal(one.layer.k, other.layer.k)
