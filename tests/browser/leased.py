"""A recording that an app of the tests has made itself, so that browsers can ask for its numbers."""

from __future__ import annotations

from dataclasses import replace

from ui.recording import Recipe, Recording


def leased(made: Recording) -> Recording:
    """Return the recording with a recipe that finds it as it is."""
    return replace(made, recipe=Recipe(made.key, "The map", lambda: made, lambda _: made, lambda _: ""))
