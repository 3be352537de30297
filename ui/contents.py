"""The lessons and pages of the menu, for app.py, Start, the lessons and the tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Listed:
    """A page of the menu.

    name: of its file in pages/ and in its address. title, icon: in the menu; an icon is a Material symbol. says: a lesson's
    topic, on Start. arithmetic: the way in which torch computes a lesson's numbers again (`READERS` in ui/lessons/kinds.py).
    """

    name: str
    title: str
    icon: str
    says: str = ""
    arithmetic: str = ""

    @property
    def file(self) -> str:
        return f"pages/{self.name}.py"


LESSONS: Final = (
    Listed("self_attention", "Self-attention", "linear_scale", "what each vector takes from the others", "plain"),
    Listed("queries_keys_values", "Queries, keys, values", "key", "what each vector asks, answers and passes on", "projected"),
    Listed("multi_head", "Multi-head", "account_tree", "several attentions, and how they become one", "heads"),
)
PAGES: Final = (
    Listed("your_image", "Your image", "image"),
    Listed("compare", "Compare", "compare"),
    Listed("what_if", "What if", "switches"),
    Listed("atlas", "Atlas", "grid_view"),
)
"""All pages except Start and the lessons."""
