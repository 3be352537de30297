"""The lessons' own files in a browser, opened from disk with the network off: numbers, edits, embedding and policy."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, FrameLocator, Page, expect

from attention_core import attention
from tests.browser.lessons import LESSONS, choice, choose, queries_keys_values, read, ready, self_attention, step, visit
from tests.browser.matrix import has, type_into, values
from tests.browser.serving import PHONE
from tests.browser.standalone import DRAWN, LAPTOP, opened, written
from tests.browser.waiting import frame, rest, until

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]
SCREENS: dict[str, dict[str, Any]] = {
    "self_attention": {"viewport": LAPTOP, "color_scheme": "light"},
    "queries_keys_values": {"viewport": LAPTOP, "color_scheme": "dark"},
    "multi_head": {"viewport": PHONE, "color_scheme": "dark"},
}


def shows(page: Page, lesson: str, asked: dict[str, str]) -> None:
    """Torch's numbers, from what is in the tables."""
    rest(page, 500)  # what leaves the figure has left
    of = {"self_attention": self_attention, "queries_keys_values": queries_keys_values}[lesson](page, asked)
    at = choice(page)
    assert read(page) == pytest.approx(of.numbers(int(at["step"]), int(at["row"])), abs=1e-6)


@pytest.mark.parametrize("lesson", LESSONS)
def test_it_works_from_disk_with_the_network_off(open_page: Open, tmp_path: Path, lesson: str) -> None:
    page = open_page("", prepare=lambda page: page.context.set_offline(True), reduced_motion="reduce", **SCREENS[lesson])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    address = written(tmp_path, lesson).as_uri()
    opened(page, address)
    name = LESSONS[lesson]
    for edited, first in {
        name: "x2",
        **{"queries_keys_values": {"Wq": "1", "Wk": "2"}, "multi_head": {"W0": "0.1"}}.get(lesson, {}),
    }.items():
        type_into(page, edited, f"{first}, column 1", "-0.75")
    bar = page.locator(".steps button")
    for at in range(bar.count()):
        if bar.nth(at).get_attribute("aria-disabled") is None:
            step(page, at + 1)
            expect(page.locator(".regard-lesson")).to_have_attribute("data-step", str(at + 1))
            if lesson != "multi_head":
                shows(page, lesson, {})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert asked == [address]


def test_all_heads_are_torchs_and_stand_on_paper(open_page: Open, tmp_path: Path) -> None:
    page = opened(open_page(""), f"{written(tmp_path, 'multi_head').as_uri()}#reading=all+of+x&heads_off=1&mask=Causal")
    type_into(page, "Wq1.4p", "1, column 2", "3")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    x, columns = values(page, "X8"), {role: values(page, f"W{role}") for role in "qkv"}
    q, k, v = (torch.cat([x, torch.ones(len(x), 1)], dim=1) @ columns[role] for role in "qkv")
    mask = torch.ones(len(x), len(x)).tril().bool()
    heads = [attention(*of, mask=mask) for of in zip(q.split(2, 1), k.split(2, 1), v.split(2, 1), strict=True)]
    for at, head in enumerate(heads):
        assert torch.allclose(values(page, f"W/{at}"), head.weights, atol=1e-6)
    joined = torch.cat([head.output * (at != 1) for at, head in enumerate(heads)], dim=1)
    assert torch.allclose(values(page, "Y"), joined @ values(page, "W0") + values(page, "b0"), atol=1e-6)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert values(page, "Wq1.4p").shape == (8, 2)


def test_a_reload_keeps_what_was_edited_and_start_over_leads_to_the_presets(open_page: Open, tmp_path: Path) -> None:
    address = written(tmp_path, "self_attention", "weights=Softmax&X=1_2~3_4&step=4").as_uri()
    page = opened(open_page(""), address)
    has(page, "X", torch.tensor([[1.0, 2], [3, 4]], dtype=torch.float64))
    step(page, 6)
    expect(page.locator(".lead")).to_have_text("Divide by √d = √2 →")
    page.locator("svg .eye[data-name]").first.click()
    type_into(page, "X", "x2, column 2", "0.123456789")
    until(page, "() => location.hash.includes('0.123456789') && location.hash.includes('cells=')")
    page.reload()
    edited = torch.tensor([[1, 2], [3, 0.123456789]], dtype=torch.float64)
    has(page, "X", edited)
    assert choice(page)["step"] == "6"
    expect(page.locator("svg .eye[data-name]").first).to_have_attribute("aria-checked", "false")
    page.get_by_role("button", name="Start over").click()
    until(page, "() => location.hash === '#step=1'")
    page.reload()
    expect(page.locator('[data-table="X"] tbody tr')).to_have_count(5)
    page.evaluate("location.hash = '#X=7_8&step=1'")
    has(page, "X", torch.tensor([[7.0, 8]], dtype=torch.float64))
    assert page.locator(".regard-lesson").count() == 1


def test_nothing_leads_to_pages_that_are_not_there(open_page: Open, tmp_path: Path) -> None:
    page = opened(open_page(""), f"{written(tmp_path, 'self_attention').as_uri()}#weights=Scaled+softmax&step=6&done=1_2_3")
    expect(page.locator(".tick")).to_have_text(["✓", "✓", "✓"])
    expect(page.locator(".lead, .next-page").filter(visible=True)).to_have_count(0)
    expect(page.locator("footer")).to_have_text("Self-attention: a lesson of Regard")


EMBEDDED = '<!doctype html><p>A course page</p><iframe {how} width="800" height="600" style="border:0"></iframe>'


@pytest.mark.parametrize("sandbox", ["", 'sandbox="allow-scripts"'], ids=["free", "sandboxed"])
@pytest.mark.parametrize("way", ["src", "srcdoc"])
def test_it_works_in_a_frame_of_a_course_page(open_page: Open, tmp_path: Path, way: str, sandbox: str) -> None:
    file = written(tmp_path, "queries_keys_values")
    how = f'src="{file.name}"' if way == "src" else f'srcdoc="{html.escape(file.read_text(encoding="utf-8"))}"'
    course = tmp_path / "course.html"
    course.write_text(EMBEDDED.format(how=f"{how} {sandbox}"), encoding="utf-8")
    page = open_page(course.as_uri(), reduced_motion="reduce")
    inside: FrameLocator = page.frame_locator("iframe")
    stage = inside.locator("section.stage")
    expect(inside.locator(DRAWN).first).to_be_attached()
    assert stage.evaluate("stage => stage.getBoundingClientRect().height") < 600 * 0.75
    cell_of_x = inside.locator('[data-table="X"]').get_by_label("x1, column 1", exact=True)
    cell_of_x.fill("9")
    cell_of_x.press("Enter")
    expect(inside.locator('svg.toy [data-name="x/0/0"]')).to_have_attribute("data-value", "9")
    assert stage.evaluate("stage => Math.abs(stage.getBoundingClientRect().top)") < 1  # it stood still
    rest(page, 300)
    assert stage.evaluate("() => location.hash").startswith("#step=1&X=9_0.2_")
    assert page.url == course.as_uri()
    inside.get_by_role("button", name="Present").click()
    frame(page)
    expect(inside.locator(".panel")).to_be_hidden()
    inside.get_by_role("button", name="Leave").click()
    expect(inside.locator(".panel")).to_be_visible()


HOSTILE = (
    "X=1_2&weights=%22%3E</script><script>document.title = 'broken'</script><img src=x onerror=\"document.title = 'broken'\">'"
)


def test_what_a_link_says_stays_inert(open_page: Open, tmp_path: Path) -> None:
    page = opened(open_page(""), written(tmp_path, "self_attention", HOSTILE).as_uri())
    assert values(page, "X").tolist() == [[1, 2]]
    opened(page, f"{written(tmp_path, 'multi_head').as_uri()}#{HOSTILE}&X8={HOSTILE}")
    expect(page.get_by_text("The link's X8 could not be read")).to_be_visible()
    assert page.title() == "Multi-head" and page.locator("img").count() == 0


def test_its_policy_blocks_what_is_not_its_own(browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    opened(page, written(tmp_path, "self_attention").as_uri())
    assert refused == []
    tried = """async () => {
      const script = Object.assign(document.createElement("script"), { textContent: "globalThis.ran = true" });
      const style = Object.assign(document.createElement("style"), { textContent: "main { color: red }" });
      document.body.append(script, style);
      const asked = await fetch("data:,").then(() => true, () => false);
      return [globalThis.ran === true, getComputedStyle(document.querySelector("main")).color === "rgb(255, 0, 0)", asked];
    }"""
    assert page.evaluate(tried) == [False, False, False]
    assert len(refused) >= 3
    page.close()


def test_the_app_gives_the_lesson_as_it_shows_it(open_page: Open, server: str, tmp_path: Path) -> None:
    page = open_page("", reduced_motion="reduce")
    visit(page, server, "queries_keys_values", recipe="Random", mask="Causal", row="4", step="6")
    type_into(page, "Wv", "2, column 3", "1.25")
    choose(page, "Projections", "Random")
    ready(page)
    shown = read(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Take this lesson along (HTML)").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert file.name == "queries-keys-values.html"
    alone = opened(open_page("", reduced_motion="reduce"), file.as_uri())
    rest(alone, 500)
    assert read(alone) == shown
