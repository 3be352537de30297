"""A fault is injected: one sentence stands where the part would be, and the rest of the page stays."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from tests.ui.pages import run_page, sent
from ui import caches
from ui.shared.kept import store

SAID = re.compile(r"[^.]+ \(fault (\w{8})\)\.")
SECRET = "/home/ada/portrait.png"
ACROSS = count(9)
"""Of pictures that nobody has recorded yet."""


@pytest.fixture
def forward_raises() -> Iterator[Callable[[Exception], None]]:
    """Have the passes of DINOv2-small raise an error."""
    hooks = []

    def inject(error: Exception) -> None:
        def fail(*_: Any) -> None:
            raise error

        hooks.append(caches.model("dinov2-small", ()).module.register_forward_pre_hook(fail))

    yield inject
    for hook in hooks:
        hook.remove()


def said(page: AppTest) -> list[tuple[str, str]]:
    """The sentences on the page that have the id of a fault, with it."""
    found = [SAID.match(element.value) for element in (*page.error, *page.warning)]
    return [(match[0], match[1]) for match in found if match is not None]


def ids(lines: list[str]) -> list[str]:
    return [line.removeprefix("fault id=")[:8] for line in lines]


def has_bar(page: AppTest) -> bool:
    return {"picture", "model"} <= {each.key for each in page.button_group}


FORWARD = [
    (RuntimeError(SECRET), "The map failed, but the rest of the page stays"),
    (ValueError(f"expected 3 channels in {SECRET}"), "The map failed, but the rest of the page stays"),
    (MemoryError(), "The map takes more memory than is free"),
    (torch.OutOfMemoryError(SECRET), "The map takes more memory than is free"),
]


@pytest.mark.parametrize(("error", "message"), FORWARD, ids=lambda value: type(value).__name__)
def test_a_model_whose_forward_raises_is_one_sentence_and_raw_patches_stand_in(
    error: Exception, message: str, fault_lines: list[str], forward_raises: Callable[[Exception], None]
) -> None:
    store().forget(lambda _: True)  # what other tests have recorded
    forward_raises(error)
    page = run_page("your_image", across=str(next(ACROSS)))
    ((says, number),) = said(page)
    assert says.startswith(message) and ids(fault_lines) == [number]
    assert f"kind=pass type={type(error).__name__} page=your_image at=attention_core.models.vision_model:" in fault_lines[0]
    told = (fault_lines[0] + says).replace(number, "")  # an id may have these letters
    assert "ada" not in told and not page.exception
    assert has_bar(page) and sent(page, "regard_explorer")[0]["grid"]["cols"] == 37
    page.button_group(key="model").set_value("raw-patches").run()
    assert not said(page) and sent(page, "regard_explorer"), "another model is a way out"


@pytest.mark.parametrize("name", ["what_if", "compare"])
def test_so_it_is_on_other_pages(name: str, fault_lines: list[str], forward_raises: Callable[[Exception], None]) -> None:
    forward_raises(RuntimeError(SECRET))
    across = str(next(ACROSS))
    page = run_page(name, across=across, **{"left-across": across, "right-across": across})
    assert set(ids(fault_lines)) == {number for _, number in said(page)} and not page.exception
    assert len(sent(page, "regard_compare")) == 1


PARTS = [
    ("All heads", "ui.explorer.head_statistics.show_heads"),
    ("Matrix", "ui.explorer.viewer.matrix_map"),
    ("Depth and outliers", "ui.explorer.depth.show_depth"),
    ("How to read it", "ui.explorer.notes.explain"),
]


@pytest.mark.parametrize(("tab", "part"), PARTS)
def test_a_tab_that_fails_leaves_the_picture_and_the_controls(
    tab: str, part: str, fault_lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "no space", SECRET)

    monkeypatch.setattr(part, fails)
    page = run_page("your_image", model="Raw patches", across="8", tab=tab)
    ((says, number),) = said(page)
    assert says.startswith("This part of the page failed because the server's disk is full") and ids(fault_lines) == [number]
    assert "kind=page type=OSError errno=ENOSPC page=your_image" in fault_lines[0] and SECRET not in fault_lines[0]
    assert has_bar(page) and sent(page, "regard_explorer") and not page.exception


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("your_image", "ui.explorer.controls.choose_picture"),
        ("compare", "ui.compare.stage.others_of"),
        ("what_if", "ui.explorer.sources.say_grid"),
        ("self_attention", "ui.lessons.scaling.why_divide"),
        ("start", "ui.components.explorer.token_for"),
    ],
)
def test_what_fails_between_parts_leaves_what_stands_above_it(
    name: str, part: str, fault_lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise KeyError(SECRET)

    monkeypatch.setattr(part, fails)
    page = run_page(name, model="Raw patches", across="8")
    ((says, number),) = said(page)
    assert says.startswith("This part of the page failed, but the rest of the page stays") and ids(fault_lines) == [number]
    assert f"page={name} at=" in fault_lines[0] and SECRET not in fault_lines[0] + says and not page.exception
    assert "regard_menu" in [item.proto.component_name for item in page.get("bidi_component")]
