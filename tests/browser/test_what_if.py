"""A model beside itself without some heads, in a browser: numbers against torch, edits that are never lost, links, looks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import torch
from playwright.sync_api import Page, Response, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from attention_core.interventions.effects import every_effect
from tests.browser import what_if
from tests.browser.axe import violations
from tests.browser.comparison import half
from tests.browser.conftest import screenshot, screenshots
from tests.browser.explorer import parameters, wait_for_map
from tests.browser.explorer import settings as explorer_settings
from tests.browser.explorer import settle as settle_map
from tests.browser.serving import PHONE
from tests.browser.themes import GROUNDS, turn
from tests.browser.waiting import PATIENCE_MS, Runs, frame, rest, until
from tests.browser.what_if import WHAT_IF, attention, changed, chips, drawn, edits, head, moved, settle, wait_for_pictures

Open = Callable[..., Page]
ACROSS = 12


def hover(page: Page, side: int, row: int, col: int) -> None:
    canvas = half(page, side).locator(".map")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + (col + 0.5) * box["width"] / ACROSS, box["y"] + (row + 0.5) * box["height"] / ACROSS)
    rest(page, 60)


def settled(page: Page) -> dict[str, Any]:
    """The settings of the explorer on "Your image"."""
    settle_map(page)
    return explorer_settings(page)


def agree(page: Page, text: str, layer: int, row: int, col: int) -> None:
    """Both pictures show what a pass of torch's own says."""
    for side, of_side in enumerate(("", text)):
        expected = attention(of_side, ACROSS, layer, row * ACROSS + col)
        torch.testing.assert_close(drawn(page, side), expected, atol=2e-4, rtol=0)


def test_a_head_goes_comes_back_and_is_in_the_link(open_page: Open, server: str) -> None:
    served: list[int] = []

    def note(response: Response) -> None:
        if response.url.endswith("/data/layer"):
            served.append(response.status)

    page = open_page(f"{server}/what_if?across={ACROSS}", prepare=lambda page: page.on("response", note))
    wait_for_pictures(page)
    assert chips(page) == ["Layer 8, head 3: off"] and "edits" not in parameters(page)
    for side, row, col in [(0, 4, 1), (1, 9, 6)]:
        hover(page, side, row, col)
        agree(page, "8.3:off", 10, row, col)
    head(page, 6, 2).click()
    settle(page)
    assert chips(page) == ["Layer 8, head 3: off", "Layer 6, head 2: off"]
    expected = changed("8.3:off;6.2:off", ACROSS)
    assert moved(page) == pytest.approx([expected.cls, expected.mean, float(expected.patches.max())], abs=1e-5)
    hover(page, 0, 2, 2)
    agree(page, "8.3:off;6.2:off", 10, 2, 2)
    assert set(served) == {200}, "layers of a changed pass, too, come without a run of the script"
    page.locator(".regard-edit-heads").get_by_role("radio", name="Even").click()
    page.get_by_role("button", name="All heads of layer 4").click()
    settle(page)
    assert edits(page) == "8.3:off;6.2:off;4.*:even" == parameters(page)["edits"][0]
    page.locator(".regard-strip .undo").click()
    page.locator(".regard-strip .undo").click()
    settle(page)
    assert chips(page) == ["Layer 8, head 3: off"] and "edits" not in parameters(page)
    page.locator(".regard-strip .redo").click()
    page.locator(".regard-compare .shows").get_by_text("Moved", exact=True).click()
    half(page, 1).get_by_role("radio", name="Layer 7", exact=True).click()
    settle(page)
    expected = changed("8.3:off;6.2:off", ACROSS)
    torch.testing.assert_close(drawn(page, 1), expected.by_layer[7], atol=1e-4, rtol=1e-2)
    other = open_page(page.url)
    wait_for_pictures(other)
    assert chips(other) == ["Layer 8, head 3: off", "Layer 6, head 2: off"]
    torch.testing.assert_close(drawn(other, 1), expected.by_layer[7], atol=1e-4, rtol=1e-2)
    other.locator(".regard-strip .clear").click()
    settle(other)
    assert parameters(other)["edits"] == ["none"] and moved(other) == []
    other.reload()
    wait_for_pictures(other)
    assert chips(other) == [] and float(drawn(other, 1).abs().max()) == 0
    right = half(other, 1)
    expect(right.locator(".waiting")).to_have_text("Nothing is changed.")
    expect(right.locator(".legend")).to_be_hidden()
    expect(right.locator(".top li:visible")).to_have_count(0)


def script_runs(page: Page) -> int:
    """How often the page has asked for a run of its script."""
    return sum(BackMsg.FromString(each.data).HasField("rerun_script") for each in Runs.of(page).heard if each.sent)


def test_three_heads_off_run_no_script_and_bring_what_is_changed_alone(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/what_if?across={ACROSS}&edits=none")
    wait_for_pictures(page)
    until(page, f"() => {WHAT_IF}.sides[0].data.layers.every((_, layer) => {WHAT_IF}.sides[0].exploration.has(layer))")
    came: list[Response] = []
    page.on("response", lambda response: came.append(response))
    runs = script_runs(page)
    for layer, number in ((9, 1), (10, 3), (11, 5)):
        head(page, layer, number).click()
        settle(page)
        until(page, f"() => {WHAT_IF}.sides[1].data.layers.every((_, layer) => {WHAT_IF}.sides[1].exploration.has(layer))")
    assert script_runs(page) == runs
    kinds = Counter(each.url.rpartition("/")[2] for each in came if "/data/" in each.url)
    assert kinds["layer"] == 3 + 2 + 1, "the layers from the head on that has just been switched off"
    assert 3 <= kinds["changed"] < 30 and set(kinds) <= {"changed", "layer", "rows", "effects"}
    a_layer, a_row = 2 * 2 * 145 * 384, 4 * 145 * 6  # bytes of queries and keys, and of one token's weights
    most = 1.1 * (6 * a_layer + kinds["rows"] * a_row)
    assert sum(int(each.headers.get("content-length", 0)) for each in came) < most


def test_a_list_that_the_server_refuses_is_said_and_what_was_shown_stays(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/what_if?across={ACROSS}")
    wait_for_pictures(page)
    before = moved(page)
    says = "This model cannot be changed so."
    page.route("**/data/changed", lambda route: route.fulfill(status=404, json={"says": says}))  # of which no test complains
    head(page, 6, 2).click()
    news = page.locator(".regard-strip .news.change")
    expect(news).to_contain_text(says)
    assert chips(page) == ["Layer 8, head 3: off", "Layer 6, head 2: off"] and moved(page) == before
    expect(half(page, 1).locator(".area")).to_have_class(re.compile("stale"))
    page.unroute("**/data/changed")
    news.get_by_role("button", name="Try again").click()
    settle(page)
    expect(news).to_be_hidden()
    assert moved(page)[0] == pytest.approx(changed("8.3:off;6.2:off", ACROSS).cls, abs=1e-5)


def test_an_unreadable_link_is_said_until_the_reader_goes_on(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/what_if?across={ACROSS}&edits=8.3:explode")
    wait_for_pictures(page)
    notes = page.locator(".regard-strip .notes")
    expect(notes).to_have_text("The link's edits cannot be read: the page has its own.")
    assert chips(page) == ["Layer 8, head 3: off"]
    page.locator(".regard-strip .clear").click()
    expect(notes).to_be_hidden()


def test_a_head_switched_off_elsewhere_joins_and_back_leads_where_it_was(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/what_if?across={ACROSS}&edits=6.2:off")
    wait_for_pictures(page)
    loads: list[object] = []
    page.on("load", lambda loaded: loads.append(loaded))
    head(page, 7, 1).click()
    settle(page)
    page.get_by_test_id("stTopNavLink").filter(has_text="Your image").click()
    wait_for_map(page)
    page.evaluate("globalThis.regardExplorations.get('explorer').set({ pin: [4, 9], layer: 7, heads: [2] })")
    explored = settled(page)
    page.locator(".regard-explorer").get_by_role("link", name="Switch off 7.2").click()
    page.wait_for_url("**/what_if*")
    wait_for_pictures(page)
    both = ["Layer 6, head 2: off", "Layer 7, heads 1, 2: off"]
    assert chips(page) == both and loads == []
    assert parameters(page)["pin"] == ["left,4,9"] and parameters(page)["layers"] == ["9,9"]
    page.locator(".regard-strip .undo").click()
    settle(page)
    assert chips(page) == ["Layer 6, head 2: off", "Layer 7, head 1: off"]
    page.locator(".regard-strip .redo").click()
    settle(page)
    page.go_back()
    wait_for_map(page)
    assert settled(page) == explored and parameters(page)["pin"] == ["4,9"]
    page.go_forward()
    wait_for_pictures(page)
    assert chips(page) == both


def test_no_edit_is_lost_while_layers_are_asked_for(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/what_if?across={ACROSS}&edits=none")
    page.wait_for_selector(".regard-edit-heads .cells button", timeout=PATIENCE_MS)
    clicked = [(layer, layer % what_if.HEADS) for layer in (0, 11, 3, 9, 5, 7)]
    for layer, number in clicked:
        head(page, layer, number).click()
        rest(page, 130)
    settle(page)
    expected = [f"Layer {layer}, head {number}: off" for layer, number in clicked]
    assert chips(page) == expected
    text = ";".join(f"{layer}.{number}:off" for layer, number in clicked)
    assert moved(page)[0] == pytest.approx(changed(text, ACROSS).cls, abs=1e-5)
    until(page, f"() => {WHAT_IF}.sides.every(side => side.data.layers.every((_, layer) => side.exploration.has(layer)))")
    assert chips(page) == expected


def test_a_box_on_the_picture_is_blurred_and_looked_at_alone(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/what_if?across={ACROSS}&edits=none")
    wait_for_pictures(page)
    page.get_by_role("button", name="Blur").click()
    hover(page, 0, 2, 4)
    page.mouse.down()
    hover(page, 0, 4, 6)
    page.mouse.up()
    until(page, f"() => {what_if.ACTS}.wanted.edits === 'blur:2,4,3,3'")
    settle(page)
    assert chips(page) == ["(2, 4)–(4, 6) blurred"] and moved(page)[0] > 1e-3
    pictures = page.evaluate(f"() => {WHAT_IF}.data.sides.map(side => side.picture)")
    assert pictures[0] != pictures[1]
    page.get_by_role("button", name="Blur", exact=True).click()
    expect(page.locator(".regard-edit-heads .hint")).to_have_text("It is: (2, 4)–(4, 6) blurred.")
    page.get_by_role("button", name="Swap", exact=True).click()
    hover(page, 0, 9, 3)
    page.mouse.down()
    page.mouse.up()
    settle(page)
    assert edits(page) == "blur:2,4,3,3;swap:2,4,3,3>8,2", "added, with the clicked patch in the middle"
    assert "pin" not in parameters(page)
    page.locator(".regard-strip .clear").click()
    page.locator(".regard-edit-heads").get_by_role("radio", name="In the box").click()
    head(page, 10, 1).click()
    settle(page)
    assert edits(page) == "10.1:in2,4,3,3"
    hover(page, 1, 8, 8)
    agree(page, "10.1:in2,4,3,3", 10, 8, 8)


def test_every_head_s_effect_is_found_can_be_cancelled_and_switches_heads_off(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/what_if?across=8&edits=none")
    wait_for_pictures(page)
    start = page.get_by_role("button", name="Switch off every head in turn")
    start.click()
    page.get_by_role("button", name="Cancel").click()
    expect(start).to_be_visible(timeout=PATIENCE_MS)
    start.click()
    page.get_by_role("tab", name="How it is done").click()
    expect(page.locator(".regard-effects")).to_have_count(0)
    expect(page.locator(".regard-strip .news.effects progress")).to_be_visible()
    page.get_by_role("tab", name="Every head’s effect").click()
    page.wait_for_selector(".regard-effects tbody button", timeout=max(PATIENCE_MS, 240_000))
    expected = every_effect(what_if.model(), what_if.outcome("", 8)).main
    largest = divmod(int(expected.argmax()), what_if.HEADS)
    first = page.locator(".regard-effects tbody tr").first
    expect(first).to_contain_text(f"Layer {largest[0]}, head {largest[1]}")
    shown = float(first.locator(".number").first.get_attribute("data-value") or "nan")
    assert shown == pytest.approx(float(expected.max()), rel=1e-3)
    expect(page.locator(".regard-effects .scatter circle")).to_have_count(72)
    assert violations(page) == []
    screenshot(page, "what-if-effects", full_page=True)
    first.get_by_role("button").click()
    settle(page)
    assert chips(page) == [f"Layer {largest[0]}, head {largest[1]}: off"]
    assert moved(page)[0] == pytest.approx(shown, rel=1e-3)
    go = page.locator(".regard-effects .go")
    page.locator(".regard-effects .limit").fill("0.01")
    expect(go).to_have_text(re.compile(r"Switch these \d+ off too"))
    go.click()
    settle(page)
    expect(go).to_have_text(re.compile(r"These \d+ are off"))
    expect(go).to_be_disabled()
    assert chips(page)[0] == f"Layer {largest[0]}, head {largest[1]}: off" and len(chips(page)) > 1
    page.locator(".regard-strip .undo").click()
    settle(page)
    assert chips(page) == [f"Layer {largest[0]}, head {largest[1]}: off"] and parameters(page)["limit"] == ["0.01"]
    with page.expect_download() as given:
        page.get_by_role("button", name="Numbers (CSV)").click()
    assert given.value.path().read_text(encoding="utf-8").startswith("layer,head,effect_cls,effect_patches,contribution\n")


MANY = "8.3:off;6.2:off;4.*:even;7.1:off;9.0%2B1:t0.5;5.2:off;1.0:off;2.1%2B2%2B3%2B5:t2;3.4:mean;11.0:off"


IN_SIGHT = """chips => {
  const box = chips.getBoundingClientRect(), removes = [...chips.querySelectorAll(".chip .remove")];
  const places = removes.map(remove => remove.getBoundingClientRect());
  const whole = ({ top, bottom }) => box.top - 1 <= top && bottom <= box.bottom + 1;
  return {
    seen: places.flatMap((place, number) => (whole(place) ? [number] : [])),
    beside: places.filter(({ left, right }) => left < box.left || right > box.right + 1).length,
  };
}"""


def chips_in_sight(page: Page) -> list[int]:
    """The numbers of those that are whole, with their ×."""
    found = page.locator(".regard-strip .chips").evaluate(IN_SIGHT)
    assert found["beside"] == 0
    seen: list[int] = found["seen"]
    return seen


def test_many_changes_stand_on_two_lines_and_the_others_are_counted(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/what_if?across={ACROSS}&edits={MANY}")
    wait_for_pictures(page)
    more = page.locator(".regard-strip .more")
    for width, height in ((1440, 900), (PHONE["width"], PHONE["height"])):
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        seen: set[int] = set()
        for _ in range(6):
            now = chips_in_sight(page)
            expect(more).to_have_text(f"+{len(chips(page)) - len(now)}")
            assert now == list(range(now[0], now[-1] + 1)) and len(now) >= 2
            seen |= set(now)
            more.click()
            rest(page, 300)
        assert seen == set(range(10)), "each comes into sight"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    for _ in range(8):
        page.locator(".regard-strip .chip .remove").first.click()
        frame(page)
    expect(more).to_be_hidden()


def test_a_difference_is_said_as_more_and_less_after_the_change(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/what_if?across={ACROSS}&edits=8.3:off&difference=true&show=attention")
    wait_for_pictures(page)
    hover(page, 0, 4, 1)
    patch = 4 * ACROSS + 1
    before, after = (attention(of_side, ACROSS, 10, patch) for of_side in ("", "8.3:off"))
    for side, name in enumerate(("Less after the change", "More after the change")):
        torch.testing.assert_close(drawn(page, side), after - before, atol=2e-4, rtol=0)
        expect(half(page, side).locator(".list-name")).to_have_text(name)
        expect(half(page, side).locator(".scale-name")).to_have_text("blue: less, red: more after the change")
        most = half(page, side).locator(".top li .number").first.get_attribute("data-value")
        assert float(most or "nan") > 0


def test_it_is_fair_to_look_at_in_any_window_and_theme(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/what_if?across={ACROSS}")
    wait_for_pictures(page)
    for width, height in ((1440, 900), (1920, 1080), (PHONE["width"], PHONE["height"])):
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        screenshots(page, f"what-if-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    for theme in GROUNDS:  # wider windows: test_every_page.py
        turn(page, theme)
        assert violations(page) == []
    heads, pictures = (page.locator(name).first.bounding_box() for name in (".regard-edit-heads .cells", ".half .map"))
    assert heads is not None and pictures is not None
    assert 0 < heads["y"] < pictures["y"] < PHONE["height"] - pictures["height"], (
        "what is touched and what changes are in sight"
    )
    page.locator(".regard-edit-heads").scroll_into_view_if_needed()
    screenshot(page, "what-if-390-heads")


def test_a_change_that_cannot_show_yet_says_so_and_leads_to_the_layer_where_it_shows(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/what_if?across=12&edits=10.3:off&pin=left,3,3")
    wait_for_pictures(page)
    note = page.locator(".regard-strip .unchanged")
    expect(note).to_contain_text("Your changes come after the attention of layer 10")
    assert drawn(page, 0).equal(drawn(page, 1)), "the two maps are the same, as the page says"
    page.get_by_role("button", name="Show layer 11").click()
    expect(note).to_be_hidden()
    settle(page)
    assert not drawn(page, 0).equal(drawn(page, 1))
    page.goto(f"{server}/what_if?across=12&edits=11.3:off&pin=left,3,3&layers=11,11")
    wait_for_pictures(page)
    expect(note).to_contain_text("No attention map shows this change")
    assert drawn(page, 0).equal(drawn(page, 1))
