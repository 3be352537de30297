"""Kinds of data about several pictures together: matches of two, and components and segments of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from attention_core.analysis.components import Components, foreground, principal_components
from attention_core.analysis.matching import match
from attention_core.analysis.segments import segments
from ui import keeping
from ui.compare.parts import Part, parts_in
from ui.compare.settings import COMPONENTS, CompareSettings, settings_of
from ui.data.answers import Answer, Kind, Task
from ui.recording import Recording
from ui.shared.faults import FaultError, sentence

Make = Callable[[Sequence[Part], CompareSettings], Answer]


@dataclass(frozen=True)
class Asked:
    """parts: the left side, the right side, then the others of the set."""

    parts: tuple[Part, ...]
    settings: CompareSettings


def read(shown: Recording, asked: Mapping[str, Any]) -> Asked:
    """Return what a request about several pictures says. Raises ValueError, and GoneError for an ended lease."""
    return Asked(parts_in(shown, asked), settings_of(asked.get("view")))


def find(asked: Asked, one_space: bool) -> dict[str, Answer]:
    """Return what the settings need, by kind, without what cannot be had. For work."""
    settings = asked.settings
    wanted = {
        "matches": settings.wants_matches and one_space,
        "components": settings.wants_components,
        "segments": settings.wants_segments,
    }
    found = {}
    for kind in (kind for kind, is_wanted in wanted.items() if is_wanted):
        try:
            found[kind] = _kept(_name(kind, asked), lambda kind=kind: _MAKERS[kind](asked.parts, settings))  # type: ignore[misc]
        except (ValueError, ImportError, FaultError):
            continue
    return found


def _matches(parts: Sequence[Part], settings: CompareSettings) -> Answer:
    found = match(*(part.features(settings) for part in parts[:2]))
    arrays = {
        "forward": found.forward.int().numpy(),
        "backward": found.backward.int().numpy(),
        "similarity": found.similarity.numpy(),
        "second": found.second.numpy(),
        "backwardSimilarity": found.backward_similarity.numpy(),
        "backwardSecond": found.backward_second.numpy(),
    }
    return Answer({}, arrays)


def _components(parts: Sequence[Part], settings: CompareSettings) -> Answer:
    there, entry = _there(parts, settings)
    side = settings.foreground
    scores: list[Tensor] = []
    explained: list[Tensor] = []
    masks: list[Tensor] = []
    for features in _by_space(there, settings):
        mask = foreground(features, "below" if side == "below" else "above")
        count = min(COMPONENTS, features[0].shape[1])
        found = _padded(principal_components(features, count, None if side == "off" else mask))
        scores += found.scores
        explained.append(found.explained)
        masks += mask
    arrays = {
        "scores": torch.cat(scores).numpy().ravel(),
        "explained": torch.cat(explained).numpy(),
        "mask": torch.cat(masks).to(torch.uint8).numpy(),
    }
    return Answer(entry | {"count": COMPONENTS}, arrays)


def _padded(found: Components) -> Components:
    """With zeros if the features are fewer than COMPONENTS numbers."""
    missing = COMPONENTS - len(found.explained)
    if not missing:
        return found
    scores = [torch.nn.functional.pad(each, (0, missing)) for each in found.scores]
    explained = torch.nn.functional.pad(found.explained, (0, missing))
    return Components(scores, explained, found.directions, found.mean)


def _segments(parts: Sequence[Part], settings: CompareSettings) -> Answer:
    there, entry = _there(parts, settings)
    labels: list[Tensor] = []
    for features in _by_space(there, settings):
        labels += segments(features, settings.k)
    return Answer(entry | {"k": settings.k}, {"labels": torch.cat(labels).numpy()})


def _there(parts: Sequence[Part], settings: CompareSettings) -> tuple[list[Part], dict[str, Any]]:
    """Return the parts that have features, and what the browser has to know: each part's grid, and why one is left out.

    Raises ValueError if a side has none.
    """
    there, grids, left_out = [], [], {}
    for number, part in enumerate(parts):
        try:
            part.features(settings)
        except (ValueError, FaultError) as error:
            if number < 2:
                raise
            left_out[str(number)] = sentence(error)
            grids.append([0, 0])
            continue
        there.append(part)
        grids.append([part.grid.rows, part.grid.cols])
    return there, {"grids": grids, "leftOut": left_out}


def _by_space(parts: Sequence[Part], settings: CompareSettings) -> list[list[Tensor]]:
    """Return the features of the parts in each space. Raises ValueError if a space has features of two widths."""
    spaces = dict.fromkeys(part.space for part in parts)
    found = [[part.features(settings) for part in parts if part.space == space] for space in spaces]
    if any(len({each.shape[1] for each in of_space}) > 1 for of_space in found):
        raise ValueError("expected pictures that are compared to have features of one model")
    return found


_MAKERS: Final[dict[str, Make]] = {"matches": _matches, "components": _components, "segments": _segments}
_SAYS: Final = {
    "matches": "Matching the patches…",
    "components": "Finding the components…",
    "segments": "Finding the segments…",
}


def _kind(name: str) -> Kind:
    def task(_shown: Recording, asked: Asked) -> Task:
        work = _name(name, asked)
        make = lambda _: _kept(work, lambda: _MAKERS[name](asked.parts, asked.settings))  # noqa: E731
        return Task(work, "The comparison", make, lambda _: _SAYS[name], lambda: keeping.kept_findings(work))

    return Kind(lambda _shown, _asked, result: result, read, task, needs_numbers=False)


def _name(kind: str, asked: Asked) -> str:
    """Return the name of what is found, with all that decides it: a reader's own picture takes its findings along."""
    settings = asked.settings
    decides = {"matches": None, "components": settings.foreground, "segments": settings.k}[kind]
    parts = asked.parts[:2] if kind == "matches" else asked.parts
    which = "|".join(f"{part.name}~{part.space}" for part in parts)
    return f"{kind}:{which}/{settings.kind}/{settings.clean}/{decides}"


def _kept(name: str, make: Callable[[], Answer]) -> Answer:
    found: Answer | None = keeping.kept_findings(name)
    return keeping.keep_findings(name, make()) if found is None else found


KINDS: Final = {name: _kind(name) for name in _MAKERS}
