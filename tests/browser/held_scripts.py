"""The scripts of components, which Streamlit imports as blobs: on a slow machine they come long after the page."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page, Route

HOLD: Final = """(() => {
  const { createObjectURL } = URL;
  const scripts = (globalThis.heldScripts = new Map());
  URL.createObjectURL = (object) => {
    if (!(object instanceof Blob) || !object.type.includes("javascript")) return createObjectURL(object);
    const url = `${location.origin}/held-back/${scripts.size}.js`;
    scripts.set(url, object);
    return url;
  };
  globalThis.releaseScripts = () => void (URL.createObjectURL = createObjectURL);
})()"""


class HeldScripts:
    """Of a page that was opened nowhere yet: its browser fetches them until they are released."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._fetched: list[Route] = []
        page.add_init_script(HOLD)
        page.route("**/held-back/*.js", lambda route: self._fetched.append(route))

    def release(self) -> None:
        page = self._page
        page.evaluate("releaseScripts()")
        while len(self._fetched) < page.evaluate("heldScripts.size"):
            page.wait_for_timeout(50)
        for route in self._fetched:
            script = page.evaluate("url => heldScripts.get(url).text()", route.request.url)
            route.fulfill(content_type="text/javascript", body=script)
