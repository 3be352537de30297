"""Each workaround is still needed: what Streamlit does by itself, on an app without them.

That they work is what other tests see: test_history.py, test_lost_actions.py, test_looks.py (the menu),
test_your_image.py (menus by keyboard, pictures that are pasted, brought back, taken away). Where a test here fails, its
workaround may go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState

from tests.browser.faulty_line import FaultyLine
from tests.browser.serving import PHONE, ROOT, Servers, serve
from tests.browser.waiting import answered, rest

Open = Callable[..., Page]
BARE = "tests/browser/bare/app.py"


@pytest.fixture(scope="module")
def bare(servers: Servers) -> Iterator[str]:
    with servers.lend(BARE, PYTHONPATH=str(ROOT)) as url:
        yield url


def opened(open_page: Open, url: str, says: str = "page one", **options: Any) -> Page:
    page = open_page(url, **options)
    expect(page.get_by_text(says)).to_be_visible()
    answered(page)
    return page


def test_the_first_visitor_by_deep_link_does_not_come_through_the_app(open_page: Open) -> None:
    with serve(BARE, PYTHONPATH=str(ROOT)) as url:
        page = opened(open_page, f"{url}/one")
        expect(page.get_by_text("through app.py")).to_have_count(0)
        page.goto("about:blank")


def test_settings_make_entries_of_the_history(open_page: Open, bare: str) -> None:
    page = opened(open_page, bare)
    before = page.evaluate("navigation.currentEntry.key")  # the history's length stays at 50, once it is that
    page.get_by_role("button", name="Setting").click()
    page.wait_for_url("**/?setting=1")
    assert page.evaluate("navigation.currentEntry.key") != before


def test_a_link_that_is_clicked_while_the_line_is_cut_leads_nowhere(open_page: Open, bare: str) -> None:
    with FaultyLine(bare, seed=0) as line:
        line.cease()
        page = opened(open_page, line.url, may_miss_server=True)
        app = page.get_by_test_id("stApp")
        line.cut(page, then="""document.querySelector("[data-testid=stTopNavLink][href$='/two']").click()""")
        expect(app).to_have_attribute("data-test-connection-state", "CONNECTED")
        answered(page)
        expect(page.get_by_text("page one")).to_be_visible()
        page.goto("about:blank")


def test_a_page_that_is_left_loses_its_link(open_page: Open, bare: str) -> None:
    page = opened(open_page, bare)
    page.get_by_text("second").click()
    page.wait_for_url("**/?choice=second")
    page.get_by_test_id("stTopNavLink").filter(has_text="two").click()
    expect(page.get_by_text("page two")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("page one")).to_be_visible()
    assert "choice" not in page.url


def test_a_widget_loses_what_the_link_says_to_one_of_its_name_on_the_page_before(open_page: Open, bare: str) -> None:
    page = opened(open_page, f"{bare}/?choice=second")
    page.get_by_test_id("stTopNavLink").filter(has_text="three").click()
    expect(page.get_by_text("page three")).to_be_visible()
    answered(page)
    page.evaluate("history.replaceState(history.state, '', '/?choice=second'); history.pushState({}, '', '/three')")
    page.go_back()
    expect(page.get_by_text("page one")).to_be_visible()
    answered(page)
    expect(page.get_by_role("radio", name="first")).to_be_checked()


def test_in_a_narrow_window_the_menu_stays_over_the_page(open_page: Open, bare: str) -> None:
    page = opened(open_page, bare, viewport=PHONE)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="two").click()
    expect(page.get_by_text("page two")).to_be_attached()
    rest(page, 500)
    expect(page.get_by_test_id("stSidebar")).to_be_in_viewport()


def test_a_menu_opened_by_keyboard_leaves_the_focus_on_its_button(open_page: Open, bare: str) -> None:
    page = opened(open_page, bare)
    page.get_by_test_id("stTopNavLink").filter(has_text="two").click()
    button = page.get_by_test_id("stPopoverButton")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Inside")).to_be_visible()
    rest(page, 500)
    expect(button).to_be_focused()


def test_the_uploader_takes_no_file_that_is_pasted_elsewhere(open_page: Open, bare: str) -> None:
    page = opened(open_page, bare)
    uploader = page.get_by_test_id("stFileUploader")
    for where, taken in (("main", 0), ("[data-testid=stFileUploader] button", 1)):
        page.locator(where).first.evaluate(
            """target => {
                 const clipboardData = new DataTransfer();
                 clipboardData.items.add(new File(["words"], "pasted.txt", { type: "text/plain" }));
                 const event = new ClipboardEvent("paste", { bubbles: true, composed: true });
                 Object.defineProperty(event, "clipboardData", { value: clipboardData }); // Firefox takes no files otherwise
                 target.dispatchEvent(event);
               }"""
        )
        rest(page, 500)
        expect(uploader.get_by_text("pasted.txt")).to_have_count(taken)


def test_what_the_server_answers_an_uploader_is_forgotten_as_a_script_begins() -> None:
    queue = ForwardMsgQueue()
    answer = ForwardMsg()
    answer.file_urls_response.response_id = "1"
    queue.enqueue(answer)
    queue.clear(retain_lifecycle_msgs=True)
    assert not queue.flush()


def test_a_press_is_dropped_where_another_message_comes_before_its_callback() -> None:
    press = WidgetStates()
    press.widgets.add(id="button", trigger_value=True)
    requests = ScriptRequests()
    requests.request_rerun(RerunData(widget_states=press))
    assert requests.on_scriptrunner_ready().rerun_data.widget_states == press
    requests.request_rerun(RerunData(widget_states=WidgetStates()))
    taken_up: list[Any] = []
    state = SafeSessionState(SessionState(), yield_callback=lambda: taken_up.append(requests.on_scriptrunner_yield()))
    state.on_script_will_rerun(press)
    (other,) = taken_up[:1]
    assert other is not None and not other.rerun_data.widget_states.widgets
