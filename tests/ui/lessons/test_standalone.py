"""A lesson as one HTML file: small, sealed, and safe from what its link says."""

from __future__ import annotations

import base64
import hashlib
import json
from html.parser import HTMLParser

import pytest

from ui.lessons.standalone import standalone_lesson

NASTY = 'X=1_2~3_4&note=</script><script>alert("&amp;")</script><!--'


class Read(HTMLParser):
    """What a browser finds in a page: tags with their attributes, and the text in each of them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.ended = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.ended = len(self.texts)

    def handle_data(self, data: str) -> None:
        if self.ended < len(self.texts):
            self.texts[-1] += data

    def of(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        return [(attributes, text) for (name, attributes), text in zip(self.found, self.texts, strict=True) if name == tag]


@pytest.fixture
def page() -> str:
    return standalone_lesson("A <tiny> lesson", "self_attention", NASTY)


def test_it_is_small_and_names_no_address(page: str) -> None:
    assert len(page.encode()) <= 1_000_000
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "") and "https://" not in page
    assert not any(attributes.keys() & {"src", "href"} for _, attributes in Read(page).found)


def test_title_and_link_come_as_they_are_and_end_nothing(page: str) -> None:
    read = Read(page)
    assert [text for _, text in read.of("title")] == ["A <tiny> lesson"]
    (data, opening), (module, _) = read.of("script")
    assert (data["id"], data["type"], module["type"]) == ("lesson", "application/json", "module")
    assert json.loads(opening) == {"lesson": "self_attention", "link": NASTY}
    assert len(read.of("main")) == 1 and [text for _, text in read.of("footer")] == ["A <tiny> lesson: a lesson of Regard"]


def test_its_policy_lets_its_own_script_run_and_nothing_else(page: str) -> None:
    read = Read(page)
    (policy,) = (meta["content"] for meta, _ in read.of("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules.keys() & {"connect-src", "font-src", "frame-src"} == set()
    for rule, text in (("script-src", read.of("script")[1][1]), ("style-src-elem", read.of("style")[0][1])):
        assert rules[rule] == f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    assert rules["img-src"] == "data: blob:"


def test_the_app_may_be_dark_and_paper_is_white(page: str) -> None:
    ((_, style),) = Read(page).of("style")
    assert "light-dark(" in style and "@media print" in style and ".regard-matrix" in style
