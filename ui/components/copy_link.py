"""A button that copies the page's link."""

from __future__ import annotations

from attention_core.export.bundler import bundle, text
from ui.components.component import component

_copy_link = component(
    "regard_copy_link",
    html='<div class="regard-copy"><button type="button">Copy link</button><p class="note" role="status" hidden>'
    "The link does not carry your picture. It stays in this tab, and others see a bundled photograph in its place.</p></div>",
    css=text("copy_link/copy_link.css"),
    js=bundle("copy_link/copy_link.js"),
)


def copy_link() -> None:
    _copy_link(key="copy-link", width="content")
