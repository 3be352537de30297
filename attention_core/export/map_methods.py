"""The maps through all layers, described once for Python and the browser in assets/data/map_methods.json."""

from __future__ import annotations

import json
from typing import Final

from pydantic import BaseModel, ConfigDict

from attention_core.export.bundler import text

FILE: Final = "data/map_methods.json"


class MapMethod(BaseModel):
    """A map of one token through all layers.

    Attributes:
        title: its name for people.
        button: the two lines of its button.
        word: its value of `depth` in the page's link.
        settings: the settings that it takes: "fusion" of heads, "residual", the share of a token that stays itself, and
            "discard", the share of smallest weights that is left out.
        says: what stands between the token and the patches with the largest numbers.
        waits: what is said until it is there.
        caption: what its map shows; {query} is the token.
        help: of its command.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    button: tuple[str, str]
    word: str
    settings: tuple[str, ...] = ()
    says: str
    waits: str
    caption: str
    help: str


MAP_METHODS: Final = {name: MapMethod.model_validate(described) for name, described in json.loads(text(FILE)).items()}
"""By name. `analysis.through_layers.THROUGH_LAYERS` computes them."""
