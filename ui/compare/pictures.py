"""The pictures of the page: bundled photographs, and several of the reader's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import streamlit as st

from attention_core import ImageError
from attention_core.images.decoding import note_on, require_bytes
from attention_core.settings import settings
from ui import caches, pictures
from ui.choices import pills, title_of
from ui.compare.parts import MOST
from ui.compare.sides import BOTH
from ui.compare.view_state import COMPARISON
from ui.components.embedded import is_embedded
from ui.components.uploads import help_uploader, open_picture
from ui.explorer.state import Side, apply
from ui.links import bound, whole
from ui.pictures import Picture
from ui.problems import say_problem
from ui.shared.brought import bring, take_away

THEM: Final = "pictures"
_UPLOADS: Final = "compare_uploads"
_SEEN: Final = "compare_files_seen"
_ROUND: Final = "compare_uploader_round"
_PROBLEMS: Final = "compare_problems"
_YOURS: Final = "yours-"


@dataclass(frozen=True)
class Upload:
    """One of the reader's own pictures. Picture number i is "yours-i" in the session and "Yours i" in the link."""

    file: str
    size: int
    picture: Picture
    note: str


def take_several() -> None:
    """Place the hidden uploader. It receives files that are dropped, pasted or opened on the page, or kept over a reload.

    A page that is embedded in another site takes no pictures.
    """
    if is_embedded():
        return
    with st.container(key="unseen-uploader"):
        files = st.file_uploader("Your pictures", accept_multiple_files=True, key=uploader_key())
        seen: set[str] = st.session_state.setdefault(_SEEN, set())
        _take([file for file in files or () if file.file_id not in seen], seen)
        uploads = st.session_state.get(_UPLOADS)
        names = None if uploads is None else [f"{each.file}:{each.size}" for each in uploads]
        help_uploader(names, settings().picture_bytes, _refuse_too_large, place="compare")


def uploader_key() -> str:
    """Return the uploader's key. It changes when a picture is removed, so that the server forgets the file."""
    return f"compare-upload-{st.session_state.get(_ROUND, 0)}"


def _take(files: list, seen: set[str]) -> None:  # type: ignore[type-arg]
    if not files:
        return
    brought_back = any(map(stands_in, BOTH))
    taken, problems = list(uploads()), []
    before = len(taken)
    for file in files:
        try:
            if len(taken) >= MOST:
                raise ImageError(f"{MOST} of your pictures are here already, and this is the maximum. Remove one first.")
            data = file.getvalue()
            taken.append(Upload(file.name, len(data), pictures.uploaded(data), note_on(data)))
        except ImageError as error:
            problems.append(f"{file.name}: {error}")
        seen.add(file.file_id)
    stay = " The pictures on screen stay." if len(taken) == before else ""
    st.session_state[_UPLOADS], st.session_state[_PROBLEMS] = taken, [problem + stay for problem in problems]
    if len(taken) > before and not brought_back:
        _show_new([f"{_YOURS}{number}" for number in range(before + 1, len(taken) + 1)])


def _show_new(names: list[str]) -> None:
    """Show new pictures: two on both sides, one on a side without an own picture, or on the right if both have one."""
    own = [st.session_state.get(side.key("picture"), "").startswith(_YOURS) for side in BOTH]
    free = BOTH if len(names) > 1 else BOTH[own[0] :][:1]
    for side, name in zip(free, names, strict=False):
        apply({"picture": name}, side)
    selected = [*(st.session_state.get(THEM) or ()), *names]
    st.session_state[THEM] = list(dict.fromkeys(selected))[:MOST]


def uploads() -> list[Upload]:
    own_pictures: list[Upload] = st.session_state.get(_UPLOADS) or []
    return own_pictures


def titles() -> dict[str, str]:
    """Return titles of the bundled photographs, of the reader's own pictures, and of the link's until the first upload."""
    linked = (st.query_params.get_all(name) for name in (THEM, *(side.key("picture") for side in BOTH)))
    in_link = {value for values in linked for value in values} if _UPLOADS not in st.session_state else set()
    numbers = [n for n in range(1, MOST + 1) if n <= len(uploads()) or f"Yours {n}" in in_link]
    return pictures.photographs() | {f"{_YOURS}{number}": f"Yours {number}" for number in numbers}


def picture_title(side: Side) -> str:
    """Return the text of the button that opens a side's picture menu."""
    if stands_in(side):
        return pictures.photographs()[side.defaults["picture"]]
    return title_of(side.key("picture"), titles(), side.defaults["picture"])


def caption(side: Side) -> str:
    """Return the name beside a side's picture: the file's name for the reader's own, else the title."""
    upload = _upload(st.session_state.get(side.key("picture"), ""))
    return upload.file if upload else picture_title(side)


def choose_side(side: Side) -> None:
    key = side.key("picture")
    pills("Picture", titles(), key, side.defaults["picture"], COMPARISON.release)
    st.caption("Add your own pictures under Pictures, or drop or paste them anywhere on this page.")


def picture_of(side: Side) -> Picture:
    return _named(st.session_state.get(side.key("picture"), ""), side.defaults["picture"])


def stands_in(side: Side) -> bool:
    """True if the link's own picture is missing and a bundled photograph is on the screen instead."""
    return _upload(st.session_state.get(side.key("picture"), "")) is None and _asks_for_own(side)


def _asks_for_own(side: Side) -> bool:
    name, linked = side.key("picture"), st.query_params.get(side.key("picture"), "")
    return str(st.session_state.get(name, "")).startswith(_YOURS) or (name not in st.session_state and "Yours" in linked)


def choose_set() -> None:
    """Show the menu of pictures that components and segments also use, besides the two sides."""
    open_picture([each.file for each in uploads()], _forget, several=True)
    st.pills(
        "Also used in PCA and segments",
        list(titles()),
        format_func=titles().__getitem__,
        selection_mode="multi",
        wrap=True,
        help=f"At most {MOST} pictures in all. The page records them with the left side's model, layer and detail.",
        **bound(THEM, default=[]),
    )


def others_of_set(shown: Iterable[Picture]) -> list[tuple[str, Picture]]:
    """Return titles and pictures of the set, without the pictures of the two sides."""
    digests, named = {picture.digest for picture in shown}, titles()
    selected = [name for name in st.session_state.get(THEM) or () if name in named]
    titled = [
        (upload.file if upload else named[name], _named(name, ""))
        for name in selected
        if (upload := _upload(name)) or not name.startswith(_YOURS)
    ]
    return [(title, picture) for title, picture in titled if picture.digest not in digests][: MOST - 2]


def say_about_pictures() -> None:
    """Show errors about the last files, and notes about the current pictures."""
    if problems := st.session_state.get(_PROBLEMS):
        say_problem(" ".join(problems), _forget_problems)
    if any(map(stands_in, BOTH)):
        st.info(
            "This link belongs to somebody's own pictures. Such pictures stay in the browser tab that opened them. This "
            "page shows bundled photographs instead. The link's patch, box and heads are ignored. Drop the pictures here to "
            "see them."
        )
    for side in BOTH:
        upload = _upload(st.session_state.get(side.key("picture"), ""))
        if upload and upload.note:
            st.caption(f"{upload.file}: {upload.note}")


def _forget_problems() -> None:
    st.session_state[_PROBLEMS] = []


def picture_file(side: Side) -> str:
    """Return the file name of a side's picture, for the Python that repeats the view."""
    name = st.session_state.get(side.key("picture"), side.defaults["picture"])
    upload = _upload(name)
    return (
        upload.file
        if upload
        else pictures.photograph_file(name if name in pictures.photographs() else side.defaults["picture"])
    )


def _named(name: str, otherwise: str) -> Picture:
    if (upload := _upload(name)) is not None:
        bring(upload.picture.digest)
        return upload.picture
    return caches.photograph(name if name in pictures.photographs() else otherwise)


def _upload(name: str) -> Upload | None:
    number = name.removeprefix(_YOURS)
    at = whole(number, 1, len(uploads())) if name.startswith(_YOURS) else None
    return None if at is None else uploads()[at - 1]


def _forget(at: int) -> None:
    """Remove a picture from the server and the browser. Later pictures move up by one number."""
    left = [each for number, each in enumerate(uploads()) if number != at]
    take_away(uploads()[at].picture.digest)
    st.session_state[_UPLOADS], st.session_state[_PROBLEMS] = left, []
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1

    def renamed(name: str) -> str | None:
        if not name.startswith(_YOURS):
            return name
        number = int(name.removeprefix(_YOURS))
        return None if number == at + 1 else f"{_YOURS}{number - (number > at + 1)}"

    for side in BOTH:
        before = st.session_state.get(side.key("picture"), side.defaults["picture"])
        if (now := renamed(before)) != before:
            apply({"picture": now or side.defaults["picture"]}, side)
    st.session_state[THEM] = [now for name in st.session_state.get(THEM) or () if (now := renamed(name))]


def _refuse_too_large(count: int) -> None:
    try:
        require_bytes(count)
    except ImageError as error:
        st.session_state[_PROBLEMS] = [f"{error} The pictures on screen stay."]
