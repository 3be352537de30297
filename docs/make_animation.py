"""The animation at the top of the README: the app in a real browser, and a pointer that shows what it does.

`make animation`.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, sync_playwright

from tests.browser.explorer import centre, settle, wait_for_all_layers, wait_for_map
from tests.browser.serving import launch, serve
from tests.browser.waiting import frame

WEBP: Final = Path(__file__).with_name("regard.webp")
WINDOW: Final = {"width": 1120, "height": 860}
FRAME_MS: Final = 70
COMPRESSION: Final = {"quality": 60, "method": 4, "kmin": 0, "kmax": 0}
"""Without key frames, which take a third more space and serve only to jump."""
ACROSS: Final = 37
"""Patches along each side of the photograph."""
FACE, COLLAR, SUIT, FLAG, ROCKET, HELMET = (8, 15), (14, 18), (23, 13), (10, 3), (11, 29), (30, 28)
"""Patches of the astronaut, (row, column)."""
ARROW: Final = ((0, 0), (0, 22), (5, 17.5), (8.5, 25), (12, 23.5), (8.5, 16), (15.5, 16))
FINE: Final = 8
"""The pointer is drawn this many times larger, and then reduced."""


@dataclass
class Film:
    """Pictures of the page, one every FRAME_MS while the pointer moves, and the duration of each."""

    page: Page
    at: tuple[float, float]
    pictures: list[Image.Image] = field(default_factory=list)
    milliseconds: list[int] = field(default_factory=list)

    def glide(self, to: Locator | tuple[int, int], seconds: float, hold: float = 0.0) -> None:
        """Move to the middle of an element or of a patch, slowly at first and at last, and rest there."""
        (x, y), (left, top) = self.middle(to), self.at
        steps = max(1, round(1000 * seconds / FRAME_MS))
        for step in range(1, steps + 1):
            done = step / steps
            eased = done * done * (3 - 2 * done)
            self.at = (left + eased * (x - left), top + eased * (y - top))
            self.page.mouse.move(*self.at)
            self.shoot()
        self.hold(hold)

    def click(self, hold: float) -> None:
        self.page.mouse.down()
        self.shoot(pressed=True)
        self.page.mouse.up()
        settle(self.page)
        self.shoot()
        self.hold(hold)

    def hold(self, seconds: float) -> None:
        self.milliseconds[-1] += round(1000 * seconds)

    def shoot(self, pressed: bool = False) -> None:
        frame(self.page)
        picture = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        pointer = arrow(pressed)
        picture.paste(pointer, (round(self.at[0]) - pointer.width // 2, round(self.at[1]) - pointer.height // 2), pointer)
        self.pictures.append(picture)
        self.milliseconds.append(FRAME_MS)

    def middle(self, of: Locator | tuple[int, int]) -> tuple[float, float]:
        if isinstance(of, tuple):
            return centre(self.page, *of, ACROSS, ACROSS)
        box = of.bounding_box()
        if box is None:
            raise RuntimeError(f"expected {of} on the page, and it is not there")
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def save(self, path: Path) -> None:
        first, *others = self.pictures
        first.save(path, save_all=True, append_images=others, duration=self.milliseconds, loop=0, **COMPRESSION)


def arrow(pressed: bool) -> Image.Image:
    """Return the pointer, with its tip in the middle of the image. A ring around it shows a pressed button."""
    side, middle = 64 * FINE, 32 * FINE
    image = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(image)
    if pressed:
        draw.circle((middle, middle), 16 * FINE, outline="#FFB000", width=3 * FINE)
    draw.polygon(
        [(middle + x * FINE, middle + y * FINE) for x, y in ARROW], fill="black", outline="white", width=round(1.5 * FINE)
    )
    return image.resize((side // FINE, side // FINE), Image.Resampling.LANCZOS)


def show_around(page: Page) -> Film:
    """Show the pointed patch, the layers and the heads.

    At the end everything is as at the start, because the animation repeats.
    """
    film = Film(page, centre(page, *FACE, ACROSS, ACROSS))
    film.page.mouse.move(*film.at)
    film.shoot()
    film.hold(0.6)
    for patch, seconds in ((COLLAR, 0.6), (SUIT, 0.7), (FLAG, 0.9), (ROCKET, 1.2), (HELMET, 0.9), (FACE, 1.0)):
        film.glide(patch, seconds, hold=0.35)
    film.click(hold=0.4)
    scrub(film)
    choose_heads(film)
    return film


def scrub(film: Film) -> None:
    """Move through the layers and back to the selected one."""
    film.glide(layer(film.page, 10), 1.0, hold=0.2)
    film.glide(layer(film.page, 0), 1.9, hold=0.4)
    film.glide(layer(film.page, 11), 1.9, hold=0.3)


def choose_heads(film: Film) -> None:
    """Select two heads of the grid, one after the other, then the mean of all heads again without a pin."""
    film.glide(head(film.page, 5, 3), 0.9)
    film.click(hold=0.9)
    film.glide(head(film.page, 10, 0), 0.6)
    film.click(hold=0.9)
    film.glide(film.page.locator(".thumbs [data-head='0']"), 0.8)
    film.click(hold=0.5)
    film.glide(FACE, 1.1)
    film.click(hold=0.6)


def layer(page: Page, number: int) -> Locator:
    return page.get_by_role("radio", name=f"Layer {number}", exact=True)


def head(page: Page, layer: int, number: int) -> Locator:
    return page.locator(f".all-heads [data-layer='{layer}'][data-head='{number}']")


def main() -> None:
    with serve() as url, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport=WINDOW, color_scheme="light")
        page.goto(f"{url}/your_image")
        wait_for_map(page)
        wait_for_all_layers(page)
        film = show_around(page)
        browser.close()
    film.save(WEBP)


if __name__ == "__main__":
    main()
