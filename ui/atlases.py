"""Atlases in links: bundled ones are named by a name, others by their folder if the server allows it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import streamlit as st
from PIL import Image

from attention_core.atlas.allowed import is_local, listed_atlases, require_allowed
from attention_core.atlas.manifest import AtlasError
from attention_core.atlas.reading import Atlas, identity_of
from attention_core.export.bundler import ASSETS
from attention_core.images.decoding import as_jpeg
from attention_core.settings import Settings, settings
from ui import pictures
from ui.pictures import Picture
from ui.shared.kept import store

BUNDLED: Final = ASSETS / "atlases"
OPENING: Final = "photographs"
TITLES: Final = {OPENING: "Photographs", "photographs-untrained": "Photographs, untrained"}
"""Titles of the bundled atlases. The opening atlas comes first."""


def folder_of(name: str) -> Path:
    """Return an atlas's folder. Raises AtlasError if the server does not allow it, whether or not the folder exists."""
    return BUNDLED / name if name in TITLES else require_allowed(Path(name), _given(), BUNDLED)


def opened(name: str) -> Atlas:
    """Return the atlas of that name, which stays open. Raises AtlasError with one sentence."""
    folder = folder_of(name)
    atlas: Atlas = store().get(("atlas", identity_of(folder)), lambda: Atlas(folder, _may_read))
    return atlas


def title_of(name: str) -> str:
    """Return an atlas's title for menus."""
    return TITLES.get(name) or Path(name).name or name


def plain(text: str) -> str:
    """Escape Streamlit's Markdown in a name or sentence, which anybody may have written. Only `…` stays code."""
    return re.sub(r"([\\\[\]*_<>$~#|!]|:(?=\w))", r"\\\1", text)


def listed() -> dict[str, str]:
    """Return names and titles of the bundled atlases and of those in the settings' folders."""
    folders = [str(folder) for folder in listed_atlases(settings().atlases)]
    return TITLES | {name: title_of(name) for name in folders}


def opens_any() -> bool:
    """True if readers may name a folder."""
    return is_local(_given()) or bool(settings().atlases)


def picture_in(name: str, picture: str) -> Picture:
    """Return a picture of the atlas of that name. Raises AtlasError or ImageError with one sentence."""
    atlas = opened(name)
    image = atlas.picture(picture)
    digest = hashlib.sha256(f"{image.size}".encode() + image.tobytes()).hexdigest()[:32]
    with_text = Picture(digest, image, f"{picture}, a picture of the atlas “{title_of(name)}”")
    return replace(with_text, credit=_credit(picture)) if name in TITLES else with_text


def thumbnail(atlas: Atlas, picture: str, side: int) -> bytes:
    """Return a small JPEG; empty if the picture is no longer available."""

    def make() -> bytes:
        try:
            image = atlas.picture(picture)
        except ValueError:  # AtlasError or ImageError: the file is gone or damaged
            return b""
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        return as_jpeg(image)

    name: tuple[Any, ...] = ("thumbnail", atlas.identity, picture, side)
    jpeg: bytes = store().get(name, make)
    return jpeg


def _credit(picture: str) -> str:
    """Return the credit of the bundled photograph that a crop comes from."""
    file = picture.partition("#")[0]
    return next((pictures.photograph(name).credit for name in pictures.photographs() if file == f"{name}.jpg"), "")


def served_at() -> str:
    """Return Streamlit's address. It is every interface by default, and may differ from Regard's settings."""
    return st.get_option("server.address") or "0.0.0.0"  # noqa: S104 (this only reports Streamlit's default)


def _given() -> Settings:
    """Return the settings, with the address that Streamlit really uses."""
    configured = settings()
    actual = configured.model_copy(update={"address": served_at()})
    return configured if is_local(actual) else actual


def _may_read(file: Path) -> bool:
    """True if an atlas may read this file: labels and pictures must lie in allowed folders or among the bundled files."""
    try:
        require_allowed(file, _given(), ASSETS)
    except AtlasError:
        return False
    return True
