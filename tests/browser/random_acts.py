"""Acts of a reader on "Your image": each act is done as a person would do it, and notes the result that must follow."""

from __future__ import annotations

from typing import Any, Final

from playwright.sync_api import expect

from tests.browser.explorer import EXPLORATION, centre, menu
from tests.browser.random_reader import HEADS, LAYERS, PICTURES, SIDE, TABS, WORDS, Act, Reader, wanted
from tests.browser.under_faults import ON_MAP, TRIAL_MS

RANKED: Final = ("standing", "entropy", "mean_distance", "prefix_share")


def choose_layer(reader: Reader) -> str:
    layer = reader.chance.randrange(LAYERS)
    reader.page.get_by_role("radio", name=f"Layer {layer}", exact=True).click(timeout=TRIAL_MS)
    reader.wanted |= {"layer": layer, "depth": "layer"}
    return f"layer {layer}"


def choose_head(reader: Reader) -> str:
    thumbs = reader.page.locator(".regard-explorer .thumbs [data-head]")
    if reader.rolled or not thumbs.count():
        return ""
    head, adds = reader.chance.randrange(HEADS), reader.chance.random() < 0.4
    thumbs.nth(head).click(modifiers=["Shift"] if adds else None, timeout=TRIAL_MS)
    reader.wanted["heads"] = heads_after(reader.heads, head, adds)
    return f"head {head}{' added' if adds else ''}"


def heads_after(heads: list[int] | None, head: int, adds: bool) -> list[int] | None:
    """After a click on one; with `adds` it joins the others or leaves them."""
    if not adds or heads is None:
        return None if heads == [head] else [head]
    return sorted({*heads} ^ {head}) or None


def choose_any_head(reader: Reader) -> str:
    """In the grid of all heads, beside the picture."""
    if reader.rolled:
        return ""
    layer, head = reader.chance.randrange(LAYERS), reader.chance.randrange(HEADS)
    cells = reader.page.locator(".regard-explorer .heads-room .cells")
    cells.locator(f"[data-layer='{layer}'][data-head='{head}']").click(timeout=TRIAL_MS)
    here = reader.wanted["layer"] == layer
    reader.wanted |= {"layer": layer, "heads": heads_after(reader.heads, head, False) if here else [head]}
    return f"head {layer}.{head}"


def pin(reader: Reader) -> str:
    page, row, col = reader.page, reader.chance.randrange(SIDE), reader.chance.randrange(SIDE)
    place = centre(page, row, col, SIDE, SIDE)
    if not page.evaluate(ON_MAP, place):
        return ""
    page.mouse.click(*place)
    if centre(page, row, col, SIDE, SIDE) != place:  # the page moved under the pointer: wherever that came down
        reader.wanted["pin"] = wanted(page)["pin"]
    else:
        reader.wanted["pin"] = None if reader.wanted["pin"] == [row, col] else [row, col]
    reader.wanted |= {} if reader.wanted["pin"] is None else {"query": "patch"}
    return f"pin {row}, {col}"


def walk(reader: Reader) -> str:
    if reader.wanted["pin"] is None:
        return ""
    key, (down, right) = reader.chance.choice(list({"ArrowLeft": (0, -1), "ArrowDown": (1, 0), "ArrowRight": (0, 1)}.items()))
    reader.page.locator(".regard-explorer .map").press(key, timeout=TRIAL_MS)
    row, col = reader.wanted["pin"]
    reader.wanted |= {"pin": [min(SIDE - 1, row + down), min(SIDE - 1, max(0, col + right))], "query": "patch"}
    return f"pin, {key}"


def release(reader: Reader) -> str:
    reader.page.locator(".regard-explorer .map").press("Escape", timeout=TRIAL_MS)
    reader.wanted["pin"] = None
    return "no pin"


def choose_direction(reader: Reader) -> str:
    if reader.rolled:
        return ""
    name, label = reader.chance.choice(list(WORDS["direction"].items()))
    reader.page.locator(".regard-explorer").get_by_role("radio", name=label, exact=True).click(timeout=TRIAL_MS)
    reader.wanted["direction"] = name
    return label


def ask_from_prefix(reader: Reader) -> str:
    reader.page.locator(".regard-explorer .tools .prefix").click(timeout=TRIAL_MS)
    reader.wanted["query"] = "patch" if reader.wanted["query"] == "prefix" else "prefix"
    return f"the query is a {reader.wanted['query']}"


def roll_out(reader: Reader) -> str:
    reader.page.locator(".regard-explorer .strip").get_by_role("button", name="All layers").click(timeout=TRIAL_MS)
    reader.wanted["depth"] = "layer" if reader.rolled else "rollout"
    return str(reader.wanted["depth"])


def fuse(reader: Reader) -> str:
    if not reader.rolled:
        return ""
    name, label = reader.chance.choice(list(WORDS["fusion"].items()))
    reader.page.locator(".regard-explorer .rolled select").select_option(label=label, timeout=TRIAL_MS)
    reader.wanted["fusion"] = name
    return f"fusion {name}"


def display(reader: Reader) -> str:
    """One of the controls behind "Display"."""
    panel = reader.page.locator(".regard-explorer details.display")
    if panel.get_attribute("open") is None:
        panel.locator("summary").click(timeout=TRIAL_MS)
    name, label = reader.chance.choice(list(DISPLAYED.items()))
    control = panel.get_by_label(label)
    value: Any
    if name in WORDS:
        value, option = reader.chance.choice(list(WORDS[name].items()))
        control.select_option(label=option, timeout=TRIAL_MS)
    elif name == "grid":
        value = not reader.wanted["grid"]
        control.set_checked(value, timeout=TRIAL_MS)
    else:
        value = reader.chance.randrange(1, 10) / 10
        control.fill(f"{value:g}", timeout=TRIAL_MS)
    reader.page.keyboard.press("Escape")
    reader.wanted[name] = value
    return f"{name} {value}"


DISPLAYED: Final = {
    "temperature": "Temperature",
    "opacity": "Opacity of the map",
    "combine": "Several heads as their",
    "scale": "Colour scale",
    "map": "Colours",
    "grid": "Grid lines",
}


def rank(reader: Reader) -> str:
    if reader.rolled:
        return ""
    measure = reader.chance.choice(RANKED)
    reader.page.locator(".regard-explorer .ranking select").select_option(measure, timeout=TRIAL_MS)
    reader.wanted |= {"measure": measure, "rising": False}
    return f"ranked by {measure}"


def choose_tab(reader: Reader) -> str:
    reader.tab = reader.chance.choice(TABS)
    reader.page.get_by_role("tab", name=reader.tab).click(timeout=TRIAL_MS)
    return f"tab {reader.tab}"


def choose_picture(reader: Reader) -> str:
    """Another one, which is Streamlit's to bring; pins on the one that goes go with it, so the reader waits for it."""
    if not reader.wanted["square"]:
        return ""
    page, title = reader.page, reader.chance.choice([each for each in PICTURES if each != reader.picture])
    before = page.evaluate(f"() => {EXPLORATION}.data.picture")
    menu(page, "photo")
    page.locator('[data-testid=stButtonGroup] [aria-label="Picture"]').get_by_text(title, exact=True).click(timeout=TRIAL_MS)
    page.keyboard.press("Escape")
    page.wait_for_function(f"before => {EXPLORATION}.data.picture !== before", arg=before, polling=100)
    reader.picture = title
    reader.wanted |= {"pin": None, "box": None, "key": None}
    return title


def cut_square(reader: Reader) -> str:
    """Only the middle square, or the whole picture again: of the one picture of which both are cut alike."""
    if reader.picture != PICTURES[0]:
        return ""
    page, square = reader.page, not reader.wanted["square"]
    before = page.evaluate(f"() => {EXPLORATION}.data.picture")
    panel = page.locator(".regard-explorer details.display")
    if panel.get_attribute("open") is None:
        panel.locator("summary").click(timeout=TRIAL_MS)
    panel.get_by_label("Only the middle square of the picture").set_checked(square, timeout=TRIAL_MS)
    page.keyboard.press("Escape")
    page.wait_for_function(f"before => {EXPLORATION}.data.picture !== before", arg=before, polling=100)
    reader.wanted |= {"square": square, "pin": None, "box": None, "key": None}
    return "the middle square" if square else "the whole picture"


def leave_and_come_back(reader: Reader) -> str:
    """Away to another page, and back as the browser's button has it."""
    page = reader.page
    page.get_by_test_id("stHeaderLogo").click(timeout=TRIAL_MS)
    page.wait_for_selector(".regard-explorer.compact .strip .shown")
    page.go_back()
    page.wait_for_selector(".regard-explorer .top li")
    expect(page.locator(".regard-explorer.compact")).to_have_count(0)
    return "away and back"


ACTS: Final[dict[Act, int]] = {
    choose_layer: 16,
    choose_head: 10,
    choose_any_head: 8,
    pin: 16,
    walk: 5,
    release: 4,
    choose_direction: 7,
    ask_from_prefix: 4,
    roll_out: 5,
    fuse: 4,
    display: 12,
    rank: 6,
    choose_tab: 6,
    choose_picture: 3,
    cut_square: 2,
    leave_and_come_back: 2,
}
"""How often each is done."""
