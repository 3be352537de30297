"""The view of the page "Atlas": what the page's script sets in it. The browser owns it (assets/atlas/settings.js)."""

from __future__ import annotations

from typing import Final

from ui.orders import Orders

ATLAS_VIEW: Final = "atlas-view"
"""The key of the component on this page."""
PARAMETERS: Final = ("measure", "show", "order", "head", "as")
"""Those of the link that belong to the view."""
VIEW: Final = Orders("atlas_view", PARAMETERS)
