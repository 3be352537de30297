"""Of the policy that every page comes with, each source is needed: without it some page would be refused something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route

from tests.browser.pages import PAGES, address, wait_for
from tests.browser.tabs import Tabs
from tests.browser.waiting import answered, rest
from ui.headers import POLICY, response_headers

pytestmark = pytest.mark.nightly

NARROWED: Final = {
    (directive, source): POLICY | {directive: " ".join(each for each in sources.split() if each != source) or "'none'"}
    for directive, sources in POLICY.items()
    for source in sources.split()
    if source != "'none'"
}
"""By what is left out, the policy without it."""
WATCH: Final = """
globalThis.refused = [];
document.addEventListener("securitypolicyviolation", ({ disposition, originalPolicy, effectiveDirective, blockedURI }) =>
  globalThis.refused.push([disposition, originalPolicy, effectiveDirective, blockedURI]));
"""


def written(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def add_narrowed(route: Route) -> None:
    """Beside the policy that holds all narrower ones, of which the browser only tells what they would refuse."""
    answer = route.fetch()
    narrowed = ", ".join(map(written, NARROWED.values()))
    route.fulfill(response=answer, headers=answer.headers | {"content-security-policy-report-only": narrowed})


def prepare(page: Page) -> None:
    page.add_init_script(WATCH)
    page.context.grant_permissions(["local-network-access"])  # a page that a test hands out comes from nowhere
    page.route(lambda url: urlsplit(url).path.removeprefix("/") in PAGES, add_narrowed)


@pytest.fixture(scope="module")
def needed(tabs: Tabs, server: str) -> Iterator[dict[tuple[str, str], set[str]]]:
    """By what is left out, what pages would be refused, each of which is opened once."""
    found: list[list[str]] = []
    with tabs.lend(f"{server}/_stcore/health", prepare=prepare) as page:
        for name in PAGES:
            page.goto(address(server, name))
            wait_for(page, name)
            rest(page, 300)
            answered(page)
            found += page.evaluate("globalThis.refused.splice(0)")
    anyway = {(directive, what) for disposition, _, directive, what in found if disposition == "enforce"}
    told = [(policy, directive, what) for _, policy, directive, what in found if (directive, what) not in anyway]
    yield {
        left_out: {what for each, directive, what in told if each == written(policy) and directive.startswith(left_out[0])}
        for left_out, policy in NARROWED.items()
    }


def test_it_is_the_policy_of_the_server() -> None:
    assert response_headers()["content-security-policy"].startswith(written(POLICY))
    assert len(NARROWED) == sum(len(sources.split()) for sources in POLICY.values() if sources != "'none'") > 0


@pytest.mark.parametrize("left_out", NARROWED, ids=" ".join)
def test_without_it_something_is_refused(needed: dict[tuple[str, str], set[str]], left_out: tuple[str, str]) -> None:
    assert needed[left_out]
