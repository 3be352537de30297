"""Atlases that a link names: the bundled ones by their names, others by their folders, as far as the server allows these."""

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
"""Of the bundled ones; the opening one first."""


def folder_of(name: str) -> Path:
    """Raises AtlasError where the server does not open it, whether or not it is there."""
    return BUNDLED / name if name in TITLES else require_allowed(Path(name), _given(), BUNDLED)


def opened(name: str) -> Atlas:
    """The atlas of that name, which stays open. Raises AtlasError, in one sentence."""
    folder = folder_of(name)
    atlas: Atlas = store().get(("atlas", identity_of(folder)), lambda: Atlas(folder, _may_read))
    return atlas


def title_of(name: str) -> str:
    """For a menu."""
    return TITLES.get(name) or Path(name).name or name


def plain(text: str) -> str:
    """Names and sentences as Streamlit's Markdown shows them: as they are, whoever wrote them; `…` alone stays code."""
    return re.sub(r"([\\\[\]*_<>$~#|!]|:(?=\w))", r"\\\1", text)


def listed() -> dict[str, str]:
    """Names and titles: the bundled ones, and those in the folders that the settings name."""
    found = [str(folder) for folder in listed_atlases(settings().atlases)]
    return TITLES | {name: title_of(name) for name in found}


def opens_any() -> bool:
    """Whether a reader may name a folder at all."""
    return is_local(_given()) or bool(settings().atlases)


def picture_in(name: str, picture: str) -> Picture:
    """A picture of the atlas of that name. Raises AtlasError or ImageError, in one sentence."""
    atlas = opened(name)
    image = atlas.picture(picture)
    digest = hashlib.sha256(f"{image.size}".encode() + image.tobytes()).hexdigest()[:32]
    found = Picture(digest, image, f"{picture}, a picture of the atlas “{title_of(name)}”")
    return replace(found, credit=_credit(picture)) if name in TITLES else found


def thumbnail(atlas: Atlas, picture: str, side: int) -> bytes:
    """A small JPEG; empty where the picture cannot be had any more."""

    def make() -> bytes:
        try:
            image = atlas.picture(picture)
        except ValueError:  # of ours: gone, or no picture any more
            return b""
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        return as_jpeg(image)

    name: tuple[Any, ...] = ("thumbnail", atlas.identity, picture, side)
    made: bytes = store().get(name, make)
    return made


def _credit(picture: str) -> str:
    """Of a crop of a bundled photograph."""
    file = picture.partition("#")[0]
    return next((pictures.photograph(name).credit for name in pictures.photographs() if file == f"{name}.jpg"), "")


def served_at() -> str:
    """Where Streamlit listens, which started by itself asks no settings: everywhere, if nobody has said."""
    return st.get_option("server.address") or "0.0.0.0"  # noqa: S104 (what it is, and not what it should be)


def _given() -> Settings:
    """The settings, with the address that is true."""
    given, address = settings(), served_at()
    return given if is_local(given.model_copy(update={"address": address})) else given.model_copy(update={"address": address})


def _may_read(file: Path) -> bool:
    """Labels and pictures lie where atlases may; the bundled ones are of the bundled photographs."""
    try:
        require_allowed(file, _given(), ASSETS)
    except AtlasError:
        return False
    return True
