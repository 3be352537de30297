"""A page as a script, and what a lesson sends to the browser, as tensors."""

from __future__ import annotations

import json
import re
from typing import Any

import torch
from streamlit.testing.v1 import AppTest
from torch import Tensor


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
    """The data of every component of this name, in the page's order."""
    return [json.loads(item.proto.json) for item in app.get("bidi_component") if item.proto.component_name == component]


def figure(app: AppTest, component: str = "regard_toy") -> dict[str, Any]:
    (data,) = sent(app, component)
    return data


def table(app: AppTest, label: str) -> Tensor:
    """The numbers of the table of that label, (R, C)."""
    (data,) = (data for data in sent(app, "regard_matrix_table") if data["label"] == label)
    return tensor(data["values"]).view(len(data["rows"]), len(data["columns"]))


def sentences(app: AppTest) -> str:
    return " ".join(item.value for item in app.get("html") if "<style>" not in item.value)


def numbers(app: AppTest, phrase: str) -> list[float]:
    """The full values in the sentence that contains the phrase."""
    (sentence,) = (item.value for item in app.get("html") if re.search(phrase, item.value))
    return [float(value) for value in re.findall(r'data-value="([^"]*)"', sentence)]


def tensor(values: Any) -> Tensor:
    return torch.tensor([float(value) if isinstance(value, str) else value for value in values], dtype=torch.float64)


def done(app: AppTest) -> list[bool]:
    """Which of the three tasks the page takes for done."""
    tasks = [item.value for item in app.markdown if re.match(r":material/(check_circle|radio_button)", item.value)]
    return [task.startswith(":material/check_circle") for task in tasks]
