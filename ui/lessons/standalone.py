"""A lesson as one HTML file that needs no server: for a course page, an email, or a lecture without a network."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from typing import Final

from attention_core.export.bundler import bundle, text
from ui.components.lesson import LESSON_STYLES

_STYLES: Final = (*LESSON_STYLES, "standalone_lesson/standalone_lesson.css", "lesson/print.css")


def standalone_lesson(title: str, lesson: str, link: str) -> str:
    """Return the page. It runs only its own script and sends no requests.

    lesson: the name of the lesson's page, such as "self_attention". link: the query of its link, such as "row=3&step=2".
    """
    style = "".join(map(text, _STYLES))
    script = f"{bundle('standalone_lesson/standalone_lesson.js')}\nopen(document);"
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src-elem {_hash(style)}; style-src-attr 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title><style>{style}</style>'
        f"<main></main><footer>{html.escape(title)}: a lesson of Regard</footer>{_data({'lesson': lesson, 'link': link})}"
        f'<script type="module">{script}</script></html>\n'
    )


def _hash(source: str) -> str:
    """Return the hash that allows an inline script or style in the security policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


def _data(opening: dict[str, str]) -> str:
    """Return the opening data as a script element. "<" is escaped, so that a link cannot end the element."""
    data = json.dumps(opening).replace("<", "\\u003c")
    return f'<script type="application/json" id="lesson">{data}</script>'
