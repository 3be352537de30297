"""The page "Atlas" as a script, and the requests of its browser under the lease that the script gives."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2
import numpy as np
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from tests.ui.data.asking import KINDS, OWN, opened
from tests.ui.pages import run_page, sent
from ui.data.requests import LEASE, data_routes

PATIENCE_SECONDS: Final = 60
CLIENT: Final = TestClient(Starlette(routes=data_routes(KINDS)), base_url=OWN)


@dataclass
class AtlasReader:
    """data: what the page's script gives to the browser."""

    page: AppTest
    data: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        (self.data,) = sent(self.page, "regard_atlas")

    def post(self, kind: str, **body: Any) -> httpx2.Response:
        """Return the first answer that is not about work that goes on."""
        ends = time.monotonic() + PATIENCE_SECONDS
        headers = {"origin": OWN, LEASE: self.data["lease"]}
        while (answer := CLIENT.post(f"/data/{kind}", content=json.dumps(body), headers=headers)).status_code == 202:
            assert time.monotonic() < ends, answer.json()
        return answer

    def fetch(self, kind: str, **body: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Return the entry and the arrays of an answer."""
        answer = self.post(kind, **body)
        assert answer.status_code == 200, answer.text
        return opened(answer.content)

    def grid(self, measure: str = "entropy") -> dict[str, Any]:
        """Return a measure of every head."""
        return self.fetch("atlas", measure=measure)[0]

    def column(self, name: str, measure: str = "entropy") -> list[list[float | None]]:
        """Return one number of every head, by layer and head."""
        (found,) = (each for each in self.grid(measure)["columns"] if each["name"] == name)
        values: list[list[float | None]] = found["values"]
        return values


def opened_page(**query: Any) -> AtlasReader:
    page = run_page("atlas", **query)
    assert not page.exception and not page.error
    return AtlasReader(page)
