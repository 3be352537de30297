"""A comparison of two pictures as a short Python script that computes it anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from attention_core.export.python_snippet import keywords, literal


@dataclass(frozen=True)
class SnippetSide:
    """One of the two: the name of the picture's file, the model's and its options, patches across, and the layer's number."""

    picture: str
    model: str
    across: int
    layer: int
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def made(self) -> str:
        return f"load_model({', '.join([literal(self.model), *keywords(self.options)])})"


def compare_snippet(
    left: SnippetSide, right: SnippetSide, patch: tuple[int, int], kind: str, clean: str, one_space: bool = True
) -> str:
    """A script that leaves in `similarity` what the patch of the left picture resembles on the right, and the matches of both.

    It needs attention_core alone; every value in it is a literal.

    Args:
        patch: (row, col) on the left side's layer.
        kind: "features", "q", "k" or "v"; clean: as `cleaned` takes it.
        one_space: whether both are of one model; else each side is compared within itself, and nothing is matched.

    Raises:
        ValueError: on an option whose name is none, or a value that has no literal.
    """
    analysis = ["from attention_core.analysis.matching import match"] if one_space else []
    lines = [
        "from attention_core import load_image, load_model",
        *analysis,
        "from attention_core.analysis.similarity import cleaned, cosine_similarity",
        "",
        *_features("left", left, f"model = {left.made}", kind, clean),
        *_features("right", right, "" if one_space and left.made == right.made else f"model = {right.made}", kind, clean),
        f"patch = left_map.grid.index{literal(patch)}",
    ]
    if not one_space:
        lines.append("similarity = cosine_similarity(left[patch : patch + 1], left)[0].view(left_map.grid.rows, -1)")
        return "\n".join([*lines, "print(similarity)", ""])
    lines += [
        "similarity = cosine_similarity(left[patch : patch + 1], right)[0].view(right_map.grid.rows, -1)",
        "print(right_map.grid.position(int(similarity.argmax())), similarity.max().item())",
        "",
        "matches = match(left, right)",
        "for number in matches.mutual.nonzero().flatten().tolist():",
        "    there = int(matches.forward[number])",
        "    print(left_map.grid.position(number), right_map.grid.position(there), matches.similarity[number].item())",
    ]
    return "\n".join([*lines, ""])


def _features(name: str, side: SnippetSide, model: str, kind: str, clean: str) -> list[str]:
    layer = f"layer={literal(side.layer)}"
    return [
        *([model] if model else []),
        f"image = load_image({literal(side.picture)})",
        f"record, grid = model.record(image, across={literal(side.across)}, features=[{literal(side.layer)}])",
        f"{name}_map = model.feature_map(record, grid, {layer}, kind={literal(kind)})",
        f"{name} = cleaned({name}_map.patches, {name}_map.grid, {literal(clean)})",
        "",
    ]
