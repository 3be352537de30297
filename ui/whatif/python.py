"""The kind of data "change-snippet": a Python script that repeats the changes and prints how far they move the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from attention_core.interventions.changes import Changes
from attention_core.interventions.python_snippet import python_snippet
from ui.data.answers import Answer, Kind
from ui.data.files import LONGEST_NAME
from ui.recording import Recording
from ui.whatif.changed import changes_of
from ui.whatif.running import fitted


@dataclass(frozen=True)
class SnippetAsked:
    """A request. changes: those that apply to the model and its grid. picture: the name of the picture's file."""

    changes: Changes
    picture: str


def _read(shown: Recording, asked: Mapping[str, Any]) -> SnippetAsked:
    return SnippetAsked(fitted(shown, changes_of(asked)), str(asked.get("picture", ""))[:LONGEST_NAME])


def _snippet(shown: Recording, asked: SnippetAsked, _result: None) -> Answer:
    options = {} if shown.recipe is None else shown.recipe.options
    across = max(shown.grid.rows, shown.grid.cols)
    drawn = [(each.box, each.how, each.to) for each in asked.changes.picture]
    edits = asked.changes.edits
    return Answer({"code": python_snippet(shown.model.name, edits, asked.picture, across, options, picture_changes=drawn)})


KINDS: Final = {"change-snippet": Kind(_snippet, _read, needs_numbers=False)}
