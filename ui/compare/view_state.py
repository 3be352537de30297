"""Orders from a page's script to a view of two pictures. The browser owns the view (assets/compare/chosen.js)."""

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
    """Orders for one page's view. name: begins their keys in the session. opening: the opening settings."""

    name: str
    opening: CompareSettings

    def begin(self, entered: bool) -> None:
        """Call it at the beginning of a page. If the page was just entered, the browser follows the link's view settings."""
        self._orders.enter(entered)

    def change(self, **settings: Any) -> None:
        """Set some settings of the view."""
        self._orders.set(**settings)

    def release(self) -> None:
        """Release the settings that are valid only for the current pictures and models."""
        self.change(**FOREIGN)

    def place(self, link: Mapping[str, str]) -> None:
        """Set a link's settings. Its patches and boxes apply to the next pictures."""
        self._orders.give(place={name: link[name] for name in self._orders.parameters if name in link})

    def mirror(self) -> None:
        """Swap left and right in the view."""
        self._orders.give(mirror=True)

    def for_browser(self) -> dict[str, Any]:
        """Return the opening settings and the script's orders for the browser."""
        return {"defaults": self.opening.for_browser(), "orders": self._orders.for_browser()}

    @property
    def _orders(self) -> Orders:
        return Orders(f"{self.name}_view", tuple(self.opening.for_browser()), unsaid_in(OF_COMPARISON))


COMPARISON: Final = ComparisonOrders("compare", OPENING)
"""The orders of the page "Compare"."""
