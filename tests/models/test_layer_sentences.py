"""Sentences about the layers of the default model, compared with the page's own numbers for the photographs.

A sentence that names a layer must be one of SENTENCES: a new sentence needs an entry here with the numbers that support
it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
import torch
from torch import Tensor

from attention_core import AttentionRecord, PatchGrid, load_model
from attention_core.analysis.head_statistics import even_statistics

ROOT = Path(__file__).parents[2]
PROSE: Final = [
    *sorted(ROOT.glob("assets/texts/*.md")),
    *sorted(ROOT.glob("docs/*.md")),
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
]
NAMES_A_LAYER: Final = re.compile(r"\b(layers? \d|(first|last|early|late|lower|upper|deep|deeper) layers?\b)", re.IGNORECASE)
EYES: Final = ([(7, 14)], [(7, 17), (7, 18)])
"""Patches of the astronaut, on 37 × 37 patches."""


@dataclass
class Measured:
    """Measures of one photograph: means over the heads of each layer, as in the chart, and the distance of even weights."""

    photo: str
    record: AttentionRecord
    grid: PatchGrid
    distance: Tensor
    entropy: Tensor
    even_distance: float


@pytest.fixture(scope="module")
def measured() -> list[Measured]:
    model, found = load_model("dinov2-small"), []
    for photo in sorted(ROOT.glob("assets/photos/*.jpg")):
        record, grid = model.record(photo, keep_v=False)
        statistics = record.statistics()
        distance = torch.stack([each.mean_distance.mean() for each in statistics])
        entropy = torch.stack([each.entropy.mean() for each in statistics])
        even = even_statistics(grid, len(model.prefix_tokens)).mean_distance.item()
        found.append(Measured(photo.stem, record, grid, distance, entropy, even))
    assert len(found) == 4
    return found


def span(values: list[float]) -> list[int]:
    """Return the smallest and the largest value, rounded as in a sentence."""
    return [round(min(values)), round(max(values))]


def reaches_farthest(said: list[int], all_photos: list[Measured]) -> bool:
    layer, *reach = said
    farthest = all(int(each.distance.argmax()) == layer for each in all_photos)
    found = span([each.distance[layer].item() for each in all_photos]) + span([each.even_distance for each in all_photos])
    return farthest and found == reach


def stays_nearest(said: list[int], all_photos: list[Measured]) -> bool:
    layer, *numbers = said
    nearest = all(int(each.distance.argmin()) == int(each.entropy.argmin()) == layer for each in all_photos)
    bits = {round(each.entropy[layer].item()) for each in all_photos}
    return nearest and [*span([each.distance[layer].item() for each in all_photos]), *bits] == numbers


def reach_farther(said: list[int], all_photos: list[Measured]) -> bool:
    start, first, last = said
    return all(each.distance[start:].min() > each.distance[first : last + 1].max() for each in all_photos)


def finds_the_other_eye(said: list[int], all_photos: list[Measured]) -> bool:
    (astronaut,) = (each for each in all_photos if each.photo == "astronaut")
    layer, grid = astronaut.record.layers[said[0]], astronaut.grid
    for eye, other in (EYES, EYES[::-1]):
        rows = layer.rows([1 + grid.index(*patch) for patch in eye])[0, ..., 1:].mean(0)  # (patches of the eye, patches)
        for row in rows:
            if len({grid.position(patch) for patch in row.topk(5).indices.tolist()} & set(other)) != 1:
                return False
    return True


SENTENCES: Final[dict[str, Callable[[list[int], list[Measured]], bool]]] = {
    "Layer N reaches farthest, N to N patches, while even weights would reach N to N.": reaches_farthest,
    "Layer N stays nearest, N to N patches, and has the lowest entropy, N bits.": stays_nearest,
    "From layer N on, every layer reaches farther than layers N to N.": reach_farther,
    "In layer N, a patch finds related patches: one of the five patches that one eye of the astronaut looks at most lies on "
    "the other eye.": finds_the_other_eye,
}
"""N stands for each number."""
OF_OTHER_THINGS: Final = {
    "The row is computed as a vector times one matrix after another, from the last layer to the first.",
    "Look for the first layer with a jump in the numbers.",
    "In the last layer these are the features that the model returns.",
    # tests/analysis/test_known_answers.py holds this one
    "With its normed features of layer 7, DINOv2-small finds fewer of them than raw pixels do.",
}
"""Sentences about how something is computed in any model, and about what another test checks."""


def sentences(path: Path) -> list[str]:
    """Return the sentences of a Markdown file's prose, without code, tables and titles."""
    text = re.sub(r"```.*?```|^\|.*?$|^#.*?$|`[^`\n]*`", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    paragraphs = re.split(r"\n\s*\n|^- ", text, flags=re.MULTILINE)
    return [part for paragraph in paragraphs for part in re.split(r"(?<=[.;])\s", " ".join(paragraph.split())) if part]


def of_layers() -> list[tuple[str, str]]:
    """Return the file and the sentence."""
    return [
        (path.name, sentence)
        for path in PROSE
        for sentence in sentences(path)
        if NAMES_A_LAYER.search(sentence) and sentence not in OF_OTHER_THINGS
    ]


def without_numbers(sentence: str) -> str:
    return re.sub(r"\d+", "N", sentence)


@pytest.mark.nightly
@pytest.mark.parametrize(("file", "sentence"), of_layers())
def test_a_sentence_on_a_layer_agrees_with_the_numbers(file: str, sentence: str, measured: list[Measured]) -> None:
    check = SENTENCES.get(without_numbers(sentence))
    assert check is not None, f"{file}: give SENTENCES the numbers that this stands on"
    assert check([int(number) for number in re.findall(r"\d+", sentence)], measured)


def test_every_checked_sentence_exists() -> None:
    assert {without_numbers(sentence) for _, sentence in of_layers()} == set(SENTENCES)


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("check", "said"),
    [
        (reaches_farthest, [1, 14, 16, 16, 19]),
        (reaches_farthest, [0, 15, 16, 16, 19]),
        (stays_nearest, [2, 7, 9, 6]),
        (stays_nearest, [3, 7, 9, 5]),
        (reach_farther, [1, 3, 5]),  # layers 1 to 5 do not follow the neighbourhood
        (finds_the_other_eye, [0]),
    ],
)
def test_a_false_sentence_is_noticed(
    check: Callable[[list[int], list[Measured]], bool], said: list[int], measured: list[Measured]
) -> None:
    assert not check(said, measured)
