"""The JavaScript of the components on a first visit to each page, and the part of it that repeats earlier modules.

`.venv/bin/python -m benchmarks.bundles` prints kilobytes by page: all bundles as they are sent, the modules that a
later bundle repeats, and what a compressed WebSocket would send of all bundles and of each module once. It opens no
browser.
"""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from typing import Final

from streamlit.testing.v1 import AppTest

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = tuple(sorted(f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py") if path.name != "__init__.py"))
MODULE: Final = re.compile(r"^const (module_\w+) = \(\(\) => \{\n.*?^\}\)\(\);\n", re.MULTILINE | re.DOTALL)


def bundles_of(page: str) -> list[str]:
    """Return the bundles of a page's components, each once, in the order in which they arrive."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.switch_page(page).run()
    return list(dict.fromkeys(each.proto.js_content for each in app.get("bidi_component") if each.proto.js_content))


def without_repeats(bundles: list[str]) -> list[str]:
    """Return the bundles, with each module only in the first bundle that has it."""
    seen: set[str] = set()

    def first(found: re.Match[str]) -> str:
        known = found[1] in seen
        seen.add(found[1])
        return "" if known else found[0]

    return [MODULE.sub(first, bundle) for bundle in bundles]


def deflated(bundles: list[str]) -> int:
    stream = zlib.compressobj(6)
    return sum(len(stream.compress(bundle.encode()) + stream.flush(zlib.Z_SYNC_FLUSH)) for bundle in bundles)


def main() -> None:
    print(f"{'page':28}{'bundles':>8}{'kB':>8}{'again':>8}{'deflated':>10}{'without repeats':>17}")
    for page in PAGES:
        bundles = bundles_of(page)
        once = without_repeats(bundles)
        sizes = [sum(len(bundle.encode()) for bundle in some) / 1000 for some in (bundles, once)]
        print(f"{page:28}{len(bundles):8}{sizes[0]:8.0f}{sizes[0] - sizes[1]:8.0f}", end="")
        print(f"{deflated(bundles) / 1000:10.0f}{deflated(once) / 1000:17.0f}")


if __name__ == "__main__":
    main()
