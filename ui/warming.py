"""The warm-up: models and recordings that a server prepares before the first reader comes."""

from __future__ import annotations

from attention_core import load_model
from attention_core.models.drawable import require_drawable
from attention_core.settings import settings
from ui import caches, keeping
from ui.explorer.loading import recording_recipe
from ui.explorer.sources import Source
from ui.explorer.state import DEFAULTS
from ui.offers import offered_models
from ui.shared.work import workshop


def warm(name: str) -> None:
    """Load a model. For a trained model without the hub, also make the recording that the page opens with.

    Raises WeightsError if the model cannot be loaded.
    """
    info = next((info for info in offered_models() if info.name == name), None)
    if info is None:
        model = load_model(name, device=settings().device)
        require_drawable(model)
        keeping.keep_hub_model(name, "", model)
        return
    if not info.trained:
        return
    picture, source = caches.photograph(DEFAULTS["picture"]), Source(info, (), DEFAULTS["across"])
    recipe = recording_recipe(picture, source, caches.model(name, ()))
    work = workshop().ask(recipe.name, recipe.what, recipe.make, warm)
    while not work.ended.wait(1.0):
        work.wanted_by(warm)
    if work.failure is not None:
        raise work.failure
