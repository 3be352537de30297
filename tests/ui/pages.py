"""A page as a script, and what it sends to the browser."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest


def open_lesson(page: str, **query: str | list[str]) -> AppTest:
    return checked(run_page(page, **query))


def run_page(page: str, **query: str | list[str]) -> AppTest:
    app = AppTest.from_file("../../app.py", default_timeout=300)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(f"pages/{page}.py")
    return app.run()


def checked(app: AppTest) -> AppTest:
    assert not app.exception and not app.error
    return app


def sent(app: AppTest, component: str) -> list[dict[str, Any]]:
    """The data of every component of this name, in the page's order; without arrays, where it has some."""
    found = [item.proto for item in app.get("bidi_component") if item.proto.component_name == component]
    return [json.loads(each.json or each.mixed.json) for each in found]
