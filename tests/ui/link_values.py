"""What the parameters of a link may say: junk, what a page understands, and what is nearly that."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from hypothesis import strategies as some

from attention_core.export.view_settings import OF_COMPARISON, SETTINGS
from attention_core.measures import measures_in
from tests.ui.link_parameters import SIDES, every
from ui.explorer.sources import model_titles

JUNK: Final = (
    *("", "0", "-1", "3", "999", "1000", "9" * 40, "1e999", "nan", "-0", "²", "٣", "1,2", "1,2,3,4", "999,999,999,999"),
    *("right,1,2", ",,,", "None", "true", "[]", '{"a": 1}', "<script>alert(1)</script>", "../../etc/passwd", "\0", "💥" * 50),
    *("a" * 5000, "Random heads", "Raw patches", "From the hub", "Yours", "Yours 3", "yours-²", "Cat", "8 px", "hf-hub:"),
    *("99999 px, one every 7", "abcdef12", "8.3:off;99.99:off", "swap:1,1,1,1>999,999", "8.3:t1e308", "pca", "segment-11"),
    *("rollout", "All layers", "Looked at by", "CLS", "Matrix", "Depth and outliers", "In Python", "Why this weight"),
    *("photographs", "photographs-untrained", "From an atlas", "Effect size", "By value", "8.3", "999.9999", "cat.jpg#1,2,3,4"),
)
PICTURES: Final = ("Cat", "Rocket", "Yours", "Yours 1", "From an atlas")
OF_PICTURES: Final = {
    "picture": PICTURES,
    "model": (*model_titles().values(), "Random heads", "Raw patches"),
    "patching": ("14 px, as learned", "14 px, half overlapping", "8 px", "20 px", "14 px, as trained", "14 px, one every 7"),
    "patch": ("8", "16", "64"),
    "across": ("4", "8", "12"),
    **dict.fromkeys(("num_heads", "head_dim", "seed"), ("1", "2", "8")),
    "weights": ("abcdef12", "0123456789abcdef"),
    "hub": ("vit_tiny_patch16_224", "hf-hub:owner/name", "owner/name"),
}
UNDERSTOOD: Final = {
    **{name: tuple(setting.words.values()) for name, setting in SETTINGS.items() if setting.words},
    **{side.key(name): said for name, said in OF_PICTURES.items() for side in SIDES},
    **dict.fromkeys(("pin", "like", "key", "layers"), ("2,3", "0,0", "right,2,3", "3")),
    **{"box": ("1,2,3,4", "right,1,2,3,4"), "heads": ("0,2", "5"), "combine": ("Mean", "mean", "One at a time")},
    **{name: tuple(setting.words) for name, setting in OF_COMPARISON.items() if setting.words},
    **{"show": (*OF_COMPARISON["show"].words, "Variation between pictures", "Effect size")},
    **{
        "measure": (*(each.link_word for each in measures_in("explorer")), "Standing out", "Similarity"),
        "order": ("By value", "2_1_3"),
    },
    **{"edits": ("8.3:off;2.1:uniform", "8.3:t0.5;blur:3,4,5,6", "swap:1,1,2,2>4,4", "none"), "target": ("281",)},
    **{"tab": ("Matrix", "Depth and outliers", "Why this weight", "Every head’s effect", "In Python", "How far they moved")},
    **{"pictures": PICTURES, "of-picture": ("cat.jpg",), "embed": ("true", "false")},
    **dict.fromkeys(("atlas", "beside", "of-atlas"), ("photographs", "photographs-untrained")),
    **{"by": ('["labels.csv", "label"]',), "are": ('["cat"]', "[" * 20_000), "head": ("8.3", "3")},
}
"""By parameter; all others take one of these."""
NUMBERS: Final = ("1", "4", "0.5", "true", "2_3~4_5", "110~011", "Softmax")


def _nine(value: str) -> str:
    return re.sub(r"\d", "9", value)


CHANGES: Final[tuple[Callable[[str], str], ...]] = (
    *(str, str.swapcase, _nine),
    *(lambda value: value[:-1], lambda value: value * 2, lambda value: value[::-1]),
    *(lambda value: f"-{value}", lambda value: f"{value},1", lambda value: f" {value}\n", lambda value: f"{value}\0"),
)


def said(name: str) -> some.SearchStrategy[str]:
    """Of one parameter."""
    near = some.builds(
        lambda value, change: change(value), some.sampled_from(UNDERSTOOD.get(name, NUMBERS)), some.sampled_from(CHANGES)
    )
    return near | some.sampled_from(JUNK) | some.text(max_size=12)


def _link_of(names: list[str]) -> some.SearchStrategy[dict[str, str]]:
    return some.fixed_dictionaries({name: said(name) for name in names})


def links(names: tuple[str, ...] = ()) -> some.SearchStrategy[dict[str, str]]:
    """Up to ten parameters of these, of all pages where none are given."""
    return some.lists(some.sampled_from(names or every()), max_size=10, unique=True).flatmap(_link_of)


def repeated(names: tuple[str, ...] = ()) -> some.SearchStrategy[dict[str, str | list[str]]]:
    """As `links`, some parameters several times."""
    return links(names).flatmap(
        lambda link: some.fixed_dictionaries(
            {name: some.just(value) | some.tuples(some.just(value), said(name)).map(list) for name, value in link.items()}
        )
    )
