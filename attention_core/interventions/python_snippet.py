"""Edits as a short Python script that makes them anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attention_core.export.python_snippet import MIDDLE_SQUARE, keywords, literal
from attention_core.interventions.edits import Edit, written
from attention_core.interventions.picture_changes import Box, How


def python_snippet(
    model: str,
    edits: Sequence[Edit],
    picture: str,
    across: int,
    options: Mapping[str, object] | None = None,
    square: bool = False,
    picture_changes: Sequence[tuple[Box, How, tuple[int, int] | None]] = (),
) -> str:
    """A script that runs the model on the picture as it is and changed, and prints how far CLS and the patches moved.

    Every value in it is a literal: a name, whatever it holds, stays a name.

    Args:
        model: as `load_model` takes it, with `options`.
        edits: of its heads.
        picture: the name of the picture's file.
        across: patches along the longer side.
        square: whether the middle square of the picture alone is taken.
        picture_changes: box, how and where to, as `picture_changes.changed` takes them.

    Raises:
        ValueError: on an option whose name is none, or a value that has no literal.
    """
    imports = ["from attention_core import load_image, load_model", "from attention_core.interventions.change import change"]
    imports += ["from attention_core.interventions.edits import parse_edits"] if edits else []
    imports += ["from attention_core.interventions.outcome import run"]
    imports += ["from attention_core.interventions.picture_changes import changed"] if picture_changes else []
    drawn = [f"other = changed(other, before.grid, {', '.join(map(literal, each))})" for each in picture_changes]
    base = [] if picture_changes else ["base=before"]
    edited = [f"edits=parse_edits({literal(written(edits))})"] if edits else []
    image = "other" if picture_changes else "image"
    return "\n".join(
        [
            *imports,
            "",
            f"image = load_image({literal(picture)})",
            *(MIDDLE_SQUARE if square else ()),
            f"model = load_model({', '.join([literal(model), *keywords(options or {})])})",
            f"before = run(model, image, {literal(across)})",
            *(["other = image", *drawn] if drawn else []),
            f"after = run({', '.join(['model', image, literal(across), *edited, *base])})",
            "moved = change(model, before, after)",
            'print(f"CLS: {moved.cls}, patches in the mean: {moved.mean}")',
            "",
        ]
    )
