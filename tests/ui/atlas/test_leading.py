"""From a picture of an atlas to "Your image": at the detail at which the atlas was measured."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ui.atlas import leading


@pytest.mark.parametrize(
    ("measured", "model", "opens"), [(16, "dinov2-small", 16), (None, "dinov2-small", 37), (None, "dino-s16", None)]
)
def test_the_detail_is_that_of_the_atlas_whatever_it_was_before(
    measured: int | None, model: str, opens: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a number an atlas was measured at the model's own; of a model of the hub that is known once it is loaded."""
    applied: dict[str, Any] = {}
    gone: dict[str, Any] = {}
    monkeypatch.setattr(leading, "apply", applied.update)
    monkeypatch.setattr(leading.st, "switch_page", lambda _, query_params: gone.update(query_params))
    monkeypatch.setattr(leading, "picture_titles", lambda: {leading.FROM_ATLAS: "From an atlas"})
    for name in ("look_at_atlas_picture", "begin_view", "change_view"):
        monkeypatch.setattr(leading, name, lambda *_, **__: None)
    manifest = SimpleNamespace(across=measured, model=model, weights="", heads=[2] * 4)
    leading.lead(SimpleNamespace(name="mine", atlas=SimpleNamespace(manifest=manifest)), ["cat.jpg", 3, 1])  # type: ignore[arg-type]
    assert applied.get("across") == opens and gone.get("across") == (None if opens is None else str(opens))
