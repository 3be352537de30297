"""Several pictures at once: which side shows them, and what is said of them."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.ui.compare.pages import data, opened, picture_bytes
from ui.compare import pictures


def give(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    given = [(name, content, "image/png") for name, content in files]
    return page.file_uploader(key="compare-upload-0").set_value(given).run()


def titles(page: AppTest) -> list[str]:
    return [side["title"] for side in data(page)["sides"]]


def alts(page: AppTest) -> list[str]:
    return [side["alt"] for side in data(page)["sides"]]


ONE, TWO, THREE = (picture_bytes(60 + 20 * seed, 50, seed) for seed in range(3))


def test_several_come_at_once_two_on_the_sides_and_all_in_the_set() -> None:
    page = give(opened(show="pca"), ("one.png", ONE), ("two.png", TWO), ("three.png", THREE))
    assert titles(page) == ["one.png", "two.png"] and not page.error
    assert [each["title"] for each in data(page)["pictures"]] == ["one.png", "two.png", "three.png"]
    assert page.query_params["left-picture"] in ("Yours 1", ["Yours 1"])


def test_one_takes_the_side_that_shows_none_of_the_readers() -> None:
    page = give(opened(), ("one.png", ONE))
    assert titles(page) == ["one.png", "Cat"]


def test_a_file_that_is_none_gets_a_sentence_and_the_others_come() -> None:
    page = give(opened(), ("bad.png", b"no picture"), ("one.png", ONE))
    (error,) = page.error
    assert error.value.startswith("bad.png: This is not an image Regard can read") and "stay" not in error.value
    page.button(key="close-problem").click().run()
    assert not page.error
    assert titles(page) == ["one.png", "Cat"]


def test_where_no_file_is_a_picture_those_on_screen_stay() -> None:
    page = give(opened(), ("bad.png", b"no picture"))
    (error,) = page.error
    assert error.value.endswith("The pictures on screen stay.") and titles(page) == ["Astronaut", "Cat"]


def test_more_than_there_can_be_are_refused_in_a_sentence() -> None:
    many = [(f"{number}.png", picture_bytes(20, 20 + number, number)) for number in range(pictures.MOST + 1)]
    page = give(opened(), *many)
    (error,) = page.error
    assert error.value.startswith("12.png: 12 of your pictures are here already")


def test_a_link_to_anothers_pictures_says_so_and_keeps_pin_and_heads_for_them() -> None:
    page = opened(**{"left-picture": "Yours 1", "pin": "left,1,2", "heads": "3"})
    (info,) = page.info
    assert info.value.startswith("This link belongs to somebody's own pictures")
    assert titles(page) == ["Astronaut", "Cat"] and alts(page)[0].startswith("Eileen Collins")
    assert data(page)["standsIn"], "the browser has the link's patch and heads wait"
    give(page, ("one.png", ONE))
    assert alts(page)[0] == "Your picture" and not page.info
    assert not data(page)["standsIn"]
