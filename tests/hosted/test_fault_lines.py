"""The log of a server when something fails: one line with the id that the reader sees, and no data of the reader."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from benchmarks.load import picture
from benchmarks.visitor import VisitError, Visitor
from tests.asynchronous import run
from tests.browser.serving import running
from tests.hosted.faulty_streamlit import NAME

pytestmark = pytest.mark.nightly


async def told(url: str) -> str:
    """Return the message to a reader whose own picture fails."""
    visitor = Visitor(url)
    await visitor.enter()
    with pytest.raises(VisitError) as says:
        await visitor.give("upload", NAME, picture(random.Random(0), (480, 360)))
    await visitor.leave()
    return str(says.value)


def test_a_failed_picture_gives_one_line_without_a_file_name(tmp_path: Path) -> None:
    output = tmp_path / "output"
    with running(streamlit="tests.hosted.faulty_streamlit", output=output) as (url, _):
        found = re.search(r"\(fault ([0-9a-f]{8})\)", says := run(told(url)))
    written = output.read_text("utf-8")
    (line,) = (line for line in written.splitlines() if "fault" in line.lower())
    assert found is not None and line.startswith("fault ")
    facts = dict(word.split("=") for word in line.removeprefix("fault ").split(" "))
    assert list(facts) == ["id", "kind", "type", "page", "at"] and facts["id"] == found[1]
    assert (facts["kind"], facts["type"], facts["page"]) == ("pass", "RuntimeError", "your_image")
    for text in (written, says):
        assert NAME not in text and "portrait" not in text and "/home/ada" not in text and "Traceback" not in text
