"""The kind of data "changed": a new run of the model with the reader's changes, and how far they moved it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Final

from attention_core.interventions.changes import Changes, parse_changes
from ui.data.answers import Answer, Kind, Task
from ui.data.asked import whole
from ui.data.description import description, sends_all_layers
from ui.explorer.loading import found_or_made
from ui.recording import Recording
from ui.whatif.running import Changed, changed_recipe, find_changed, fitted, missing
from ui.whatif.said import changed_title, missing_says, said_of, top_classes

MOST_CLASSES: Final = 10**5
LARGE: Final = "With so many patches, every change would take minutes. Choose a coarser detail."


@dataclass(frozen=True)
class ChangesAsked:
    """A request. changes: the reader's whole list, even if the model lacks some of the heads. target: the number of a class."""

    changes: Changes
    target: int | None


def changes_of(asked: Mapping[str, Any]) -> Changes:
    """Return the changes of a request. Raises ValueError if the text is not a list of changes."""
    edits = asked.get("edits")
    if not isinstance(edits, str):
        raise ValueError(f"expected edits to be text such as 6.3:off, received {repr(edits)[:40]}")
    return parse_changes(edits)


def _read(_shown: Recording, asked: Mapping[str, Any]) -> ChangesAsked:
    target = None if asked.get("target") is None else whole(asked, "target", MOST_CLASSES)
    return ChangesAsked(changes_of(asked), target)


def _running(shown: Recording, asked: ChangesAsked) -> Task | None:
    changes = fitted(shown, asked.changes)
    if not changes or shown.large:
        return None
    recipe = changed_recipe(shown, changes)
    return Task(recipe.name, recipe.what, recipe.make, recipe.says, partial(find_changed, recipe.name))


def _changed(shown: Recording, asked: ChangesAsked, changed: Changed | None) -> Answer:
    """Return the right side and the sentences about it. If "side" is None, the right side equals the left one."""
    too_large = LARGE if shown.large and asked.changes else ""
    notes = [missing_says(shown, missing(shown, asked.changes)), too_large]
    before, after = top_classes(shown.model, changed)
    entry: dict[str, Any] = {
        "title": changed_title(asked.changes if changed else Changes()),
        "said": [asdict(each) for each in said_of(changed, asked.target)],
        "before": [asdict(each) for each in before],
        "after": [asdict(each) for each in after],
        "notes": [note for note in notes if note],
        "side": None,
    }
    if changed is None:
        return Answer(entry)
    right, recipe = changed.recording, changed_recipe(shown, fitted(shown, asked.changes))
    entry["side"] = description(right) | {"allLayers": sends_all_layers(shown, right), "rollout": False}
    return Answer(entry, beside=right.outline(partial(found_or_made, recipe), recipe))


KINDS: Final = {"changed": Kind(_changed, _read, _running, needs_numbers=False, newest_only=True)}
