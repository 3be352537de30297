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
    """A request about several pictures. parts: the left side, the right side, then the others of the set."""

    parts: tuple[Part, ...]
    settings: CompareSettings


def read(shown: Recording, asked: Mapping[str, Any]) -> Asked:
    """Read a request about several pictures. Raises ValueError if it is invalid, and GoneError for an ended lease."""
    return Asked(parts_in(shown, asked), settings_of(asked.get("view")))


def find(asked: Asked, one_space: bool) -> dict[str, Answer]:
    """Return the findings that the settings need, by kind. Findings that cannot be computed are left out. Call it in work."""
    settings = asked.settings
    needed = {
        "matches": settings.wants_matches and one_space,
        "components": settings.wants_components,
        "segments": settings.wants_segments,
    }
    findings = {}
    for kind in (kind for kind, is_needed in needed.items() if is_needed):
        try:
            findings[kind] = _kept(_name(kind, asked), lambda kind=kind: _MAKERS[kind](asked.parts, settings))  # type: ignore[misc]
        except (ValueError, ImportError, FaultError):
            continue
    return findings


def _matches(parts: Sequence[Part], settings: CompareSettings) -> Answer:
    matches = match(*(part.features(settings) for part in parts[:2]))
    arrays = {
        "forward": matches.forward.int().numpy(),
        "backward": matches.backward.int().numpy(),
        "similarity": matches.similarity.numpy(),
        "second": matches.second.numpy(),
        "backwardSimilarity": matches.backward_similarity.numpy(),
        "backwardSecond": matches.backward_second.numpy(),
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
        components = _padded(principal_components(features, count, None if side == "off" else mask))
        scores += components.scores
        explained.append(components.explained)
        masks += mask
    arrays = {
        "scores": torch.cat(scores).numpy().ravel(),
        "explained": torch.cat(explained).numpy(),
        "mask": torch.cat(masks).to(torch.uint8).numpy(),
    }
    return Answer(entry | {"count": COMPONENTS}, arrays)


def _padded(components: Components) -> Components:
    """Return COMPONENTS components. If the features have fewer numbers, zeros fill the rest."""
    missing = COMPONENTS - len(components.explained)
    if not missing:
        return components
    scores = [torch.nn.functional.pad(each, (0, missing)) for each in components.scores]
    explained = torch.nn.functional.pad(components.explained, (0, missing))
    return Components(scores, explained, components.directions, components.mean)


def _segments(parts: Sequence[Part], settings: CompareSettings) -> Answer:
    there, entry = _there(parts, settings)
    labels: list[Tensor] = []
    for features in _by_space(there, settings):
        labels += segments(features, settings.k)
    return Answer(entry | {"k": settings.k}, {"labels": torch.cat(labels).numpy()})


def _there(parts: Sequence[Part], settings: CompareSettings) -> tuple[list[Part], dict[str, Any]]:
    """Return the parts that have features, and for the browser each part's grid and why a part is left out.

    Raises ValueError if a side has no features.
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
    by_space = [[part.features(settings) for part in parts if part.space == space] for space in spaces]
    if any(len({each.shape[1] for each in features}) > 1 for features in by_space):
        raise ValueError("expected the compared pictures to have features of one model")
    return by_space


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
    """Return the finding's cache key. It names the pictures, so that a removed upload also removes its findings."""
    settings = asked.settings
    decides = {"matches": None, "components": settings.foreground, "segments": settings.k}[kind]
    parts = asked.parts[:2] if kind == "matches" else asked.parts
    which = "|".join(f"{part.name}~{part.space}" for part in parts)
    return f"{kind}:{which}/{settings.kind}/{settings.clean}/{decides}"


def _kept(name: str, make: Callable[[], Answer]) -> Answer:
    answer: Answer | None = keeping.kept_findings(name)
    return keeping.keep_findings(name, make()) if answer is None else answer


KINDS: Final = {name: _kind(name) for name in _MAKERS}
