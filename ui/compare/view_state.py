"""Orders of a page's script for a view of two pictures. The browser owns the view (assets/compare/chosen.js)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from attention_core.export.view_settings import OF_COMPARISON
from ui.compare.settings import FOREIGN, OPENING, CompareSettings
from ui.data.settings_asked import unsaid_in
from ui.orders import Orders


@dataclass(frozen=True)
class ComparisonOrders:
    """Orders of one page's view. name: begins their keys in the session. opening: what the page opens with."""

    name: str
    opening: CompareSettings

    def begin(self, entered: bool) -> None:
        """Call it as the page begins; a link that says something of the view is followed when the page is `entered`."""
        self._orders.enter(entered)

    def change(self, **settings: Any) -> None:
        """Set some of the view."""
        self._orders.set(**settings)

    def release(self) -> None:
        """Let go of what belongs to the pictures and models at hand."""
        self.change(**FOREIGN)

    def place(self, link: Mapping[str, str]) -> None:
        """Set what a link says, with its places on the pictures that come next."""
        self._orders.give(place={name: link[name] for name in self._orders.parameters if name in link})

    def mirror(self) -> None:
        """Have left and right change places."""
        self._orders.give(mirror=True)

    def for_browser(self) -> dict[str, Any]:
        """Return what the browser has to know: what the page opens with, and what the script sets."""
        return {"defaults": self.opening.for_browser(), "orders": self._orders.for_browser()}

    @property
    def _orders(self) -> Orders:
        return Orders(f"{self.name}_view", tuple(self.opening.for_browser()), unsaid_in(OF_COMPARISON))


COMPARISON: Final = ComparisonOrders("compare", OPENING)
"""Those of the page "Compare"."""
