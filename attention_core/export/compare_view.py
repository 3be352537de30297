"""Two pictures with one pointer as one HTML file: what resembles the hovered patch, and where it looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import torch
from torch import Tensor

from attention_core.export.compare_parts import COMPARISON, CompareSide, Jointly, SetPicture
from attention_core.export.html_view import require_hoverable
from attention_core.export.live_page import HtmlView, encoded, layer_arrays, page, picture_data

_STYLES: Final = (
    "figures/roles.css",
    "explorer/explorer.css",
    "compare/compare.css",
    "standalone/standalone.css",
    "standalone_compare/standalone_compare.css",
)


def compare_view(
    left: CompareSide,
    right: CompareSide,
    *,
    one_space: bool = True,
    jointly: Jointly | None = None,
    settings: Mapping[str, Any] | None = None,
    title: str = "Two pictures",
) -> HtmlView:
    """Both pictures as the page "Compare" shows them, in one file that hovers with the network off.

    one_space: whether features of both can be compared: those of one model with the same weights. settings: those of COMPARISON
    that differ; layers count from 0 among a side's own.

    Raises:
        ValueError: where a side has no features, they do not fit its grid, or its layers have not its tokens.
    """
    jointly = jointly or Jointly()
    sides = (left, right)
    for side in sides:
        _check(side)
    last = [len(side.numbers()) - 1 for side in sides]
    wanted = COMPARISON | {"layers": last, "asks": "match" if one_space else "place"} | dict(settings or {})
    names = ("left", "right", *(f"other-{at}" for at in range(len(jointly.others))))
    pictures: tuple[SetPicture, ...] = (*sides, *jointly.others)
    joint = _joint(jointly, wanted)
    compare = {
        "oneSpace": one_space,
        "sides": [_about(side) for side in sides],
        "pictures": [
            {"recording": name, "picture": name, "title": each.title, "rows": each.grid.rows, "cols": each.grid.cols}
            for name, each in zip(names, pictures, strict=True)
        ],
        "kinds": [kind for kind in left.features if kind in right.features],
        "given": dict.fromkeys(("matches", "components", "segments")) | {each["kind"]: each["id"] for each in joint},
        "shows": _shows(sides, jointly),
        "settings": wanted,
    }
    images = [picture_data(each.picture, each.grid) for each in pictures]
    data: dict[str, Any] = {"page": {"images": images, "joint": joint, "compare": compare}}
    for number, side in enumerate(sides):
        data |= _arrays(side, number)
    return HtmlView(page(title, "compare/compare.html", _STYLES, "standalone_compare/standalone_compare.js", data))


def _check(side: CompareSide) -> None:
    if not side.features or not any(side.features.values()):
        raise ValueError(f"{side.title}: expected features of at least one layer, received none")
    for kind, of_kind in side.features.items():
        for number, values in of_kind.items():
            if values.ndim != 2 or len(values) != side.grid.num_patches:
                raise ValueError(
                    f"{side.title}, {kind} of layer {number}: expected ({side.grid.num_patches}, D) for {side.grid}, "
                    f"received {tuple(values.shape)}; leave prefix tokens out"
                )
    for layer in side.layers:
        require_hoverable(layer, len(side.prefix_tokens) + side.grid.num_patches)


def _about(side: CompareSide) -> dict[str, Any]:
    heads = {layer.index: layer.num_heads for layer in side.layers}
    grid = {"rows": side.grid.rows, "cols": side.grid.cols}
    return {
        "title": side.title,
        "alt": side.title,
        "name": f"{side.title}: point at a patch to see what resembles it. Arrow keys move a pinned patch, Page Up and Page "
        "Down go through the layers, Escape releases the patch.",
        "model": side.model,
        "grid": grid,
        "opening": [side.grid.rows // 2, side.grid.cols // 2],
        "layers": [
            {
                "name": f"Layer {number}",
                "number": number,
                "numHeads": heads.get(number, 1),
                "prefix": list(side.prefix_tokens),
                **grid,
            }
            for number in side.numbers()
        ],
    }


def _shows(sides: Sequence[CompareSide], jointly: Jointly) -> list[str]:
    attends = [set(side.numbers()) == {layer.index for layer in side.layers} for side in sides]
    return [
        "similarity",
        *(["attention"] if all(attends) else []),
        *(["both"] if attends[0] else []),
        *(["pca"] if jointly.components is not None else []),
        *(["segments"] if jointly.segments is not None else []),
    ]


def _arrays(side: CompareSide, number: int) -> dict[str, Any]:
    """By the names of their scripts."""
    places = {name: at for at, name in enumerate(side.numbers())}
    found: dict[str, Any] = {f"layer-{number}-{places[layer.index]}": layer_arrays(layer, exact=False) for layer in side.layers}
    for kind, of_kind in side.features.items():
        found |= {f"features-{number}-{places[name]}-{kind}": _halves(values) for name, values in of_kind.items()}
    return found


def _halves(values: Tensor) -> str:
    """In float16; what that cannot hold stays at its ends."""
    largest = torch.finfo(torch.float16).max
    return encoded(values.float().clamp(-largest, largest), "<f2")


def _joint(jointly: Jointly, settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    if (matches := jointly.matches) is not None:
        left, right = settings["layers"]
        name = f"matches:left/{left}|right/{right}/{settings['kind']}/{settings['clean']}"
        floats = {
            "similarity": matches.similarity,
            "second": matches.second,
            "backwardSimilarity": matches.backward_similarity,
            "backwardSecond": matches.backward_second,
        }
        found.append(_entry(name, "matches", floats, {"forward": matches.forward, "backward": matches.backward}))
    if (components := jointly.components) is not None:
        scores = torch.cat(list(components.scores))
        mask = torch.ones(len(scores)) if jointly.foreground is None else torch.cat(list(jointly.foreground))
        floats = {"scores": scores, "explained": components.explained}
        found.append(_entry("components", "components", floats, {}, {"mask": mask}))
    if jointly.segments is not None:
        labels = torch.cat(list(jointly.segments))
        found.append(_entry("segments", "segments", {}, {}, {"labels": labels}) | {"k": int(labels.max()) + 1})
    return found


def _entry(
    name: str,
    kind: str,
    floats: Mapping[str, Tensor],
    integers: Mapping[str, Tensor],
    small: Mapping[str, Tensor] | None = None,
) -> dict[str, Any]:
    def each(arrays: Mapping[str, Tensor] | None, numbers: str) -> dict[str, str]:
        return {key: encoded(values, numbers) for key, values in (arrays or {}).items()}

    return {
        "id": name,
        "kind": kind,
        "floats": each(floats, "<f4"),
        "integers": each(integers, "<i4"),
        "bytes": each(small, "|u1"),
    }
