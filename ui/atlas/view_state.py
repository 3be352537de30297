"""Orders from the page's script to the view of the page "Atlas". The browser owns the view (assets/atlas/settings.js)."""

from __future__ import annotations

from typing import Final

from ui.orders import Orders

ATLAS_VIEW: Final = "atlas-view"
"""The key of the component on this page."""
PARAMETERS: Final = ("measure", "show", "order", "head", "as")
"""Link parameters that belong to the view."""
VIEW: Final = Orders("atlas_view", PARAMETERS)
