"""What a page takes for its reader's wishes and fingers, in either browser; Playwright tells Firefox of themes alone."""

from __future__ import annotations

from typing import Any, Final

from playwright.sync_api import Locator, Page

from tests.browser.firefox import act, is_firefox, set_fields

FIELDS: Final = {"reduced_motion": "prefersReducedMotionOverride", "media": "mediumOverride"}
MEDIUM: Final = {"null": "", "screen": "screen", "print": "print"}


def emulate(page: Page, **wishes: Any) -> None:
    """As Playwright's emulate_media."""
    page.emulate_media(**wishes)
    if is_firefox(page):
        fields = {FIELDS[wish]: MEDIUM.get(value, value) for wish, value in wishes.items() if wish in FIELDS}
        if fields:
            set_fields(page, **fields)


def may_read_clipboard(page: Page) -> None:
    """Under its driver Firefox asks nobody."""
    if not is_firefox(page):
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])


def last_stop(page: Page) -> None:
    """One more, at the page's end: behind it Firefox goes on to its own window, and from there back to the page's last."""
    page.evaluate(
        """() => {
             document.querySelector("body > .last-stop")?.remove();
             document.body.append(Object.assign(document.createElement("button"), { className: "last-stop" }));
           }"""
    )


class Finger:
    def __init__(self, page: Page) -> None:
        self._page = page
        self._driver = None if is_firefox(page) else page.context.new_cdp_session(page)

    def down(self, x: float, y: float) -> None:
        self._move("touchStart", x, y)

    def move(self, x: float, y: float) -> None:
        self._move("touchMove", x, y)

    def up(self) -> None:
        if self._driver is not None:
            self._driver.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        else:
            self._act({"type": "pointerUp", "button": 0})

    def _move(self, kind: str, x: float, y: float) -> None:
        if self._driver is not None:
            self._driver.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
            return
        steps = [{"type": "pointerMove", "x": round(x), "y": round(y)}]
        self._act(*steps, *([{"type": "pointerDown", "button": 0}] if kind == "touchStart" else []))

    def _act(self, *steps: dict[str, Any]) -> None:
        act(self._page, {"type": "pointer", "id": "finger", "parameters": {"pointerType": "touch"}, "actions": steps})


def tap(page: Page, x: float, y: float) -> None:
    if not is_firefox(page):
        page.touchscreen.tap(x, y)
        return
    finger = Finger(page)
    finger.down(x, y)
    finger.up()


def tap_on(place: Locator) -> None:
    """Its middle, once it can be clicked."""
    if not is_firefox(place.page):
        place.tap()
        return
    place.click(trial=True)
    box = place.bounding_box()
    assert box is not None
    tap(place.page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
