"""What a session holds of recordings between runs: outlines, whose numbers are the server's."""

from __future__ import annotations

from functools import partial

import torch

from tests.ui.pages import run_page
from ui.data.layers import cut_layers
from ui.shared.kept import store
from ui.shared.sized import tensors_in
from ui.shared.work import Workshop

LINK = {"model": "Raw patches", "picture": "Cat", "across": "8"}


def test_between_runs_a_session_holds_no_numbers_of_a_recording() -> None:
    app = run_page("your_image", **LINK)
    assert "recordings_of_this_run" not in app.session_state
    (outline,) = app.session_state["outlines"].values()
    assert {tensor.device.type for tensor in tensors_in(outline)} == {"meta"}
    assert {tensor.device.type for tensor in tensors_in(outline.whole)} == {"cpu"}


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
