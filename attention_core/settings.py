"""What whoever runs Regard may set, each as an environment variable REGARD_…; `regard settings` lists them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX: Final = "REGARD_"
Names = Annotated[tuple[str, ...], NoDecode]
"""Given with commas between them."""
Folders = Annotated[tuple[Path, ...], NoDecode]
"""Given with commas between them, or with what parts the folders of PATH."""


class SettingsError(ValueError):
    """A variable holds what it cannot; the message names it and says what is expected."""


class Settings(BaseSettings):
    """Read from the environment, and checked."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True)

    models: Names = Field(
        default=(), description="names of the models that need no hub, with commas between them; all without it"
    )
    hub: bool = Field(default=True, description="whether readers may load models from the hub")
    own_weights: bool = Field(default=True, description="whether readers may bring weights of their own")
    memory: int = Field(
        default=600, ge=64, description="MB that the server keeps of pictures, models and what they made, in all"
    )
    concurrency: int | None = Field(
        default=None, ge=1, le=64, description="passes at a time, which share the cores; one for every four cores without it"
    )
    picture_megabytes: int = Field(default=25, ge=1, le=1000, description="MB of the largest file that is taken as a picture")
    picture_megapixels: int = Field(default=50, ge=1, le=1000, description="millions of pixels of the largest picture")
    weights_megabytes: int = Field(
        default=400, ge=1, le=10_000, description="MB of the largest file of weights that readers may bring"
    )
    warm: Names = Field(default=(), description="models that are loaded as the server starts")
    cache: Path | None = Field(default=None, description="where trained weights are kept; the user's cache folder without it")
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(default="auto", description="where models run")
    address: str = Field(default="127.0.0.1", description="at which the server listens; 0.0.0.0 for other machines too")
    port: int = Field(default=8501, ge=1, le=65535, description="at which it listens")
    base_path: str = Field(
        default="", pattern=r"^(/?[\w.-]+)*/?$", description="of all its pages, where a proxy gives it a part of a site"
    )
    tracebacks: bool = Field(default=False, description="whether what fails is logged with its traceback, which may name files")
    embed: Names = Field(default=(), description="sites that may show a page within theirs, such as https://course.example.org")
    atlases: Folders = Field(
        default=(),
        description="folders in which atlases and their pictures may lie; without it any, on a server for this machine alone",
    )

    @property
    def picture_bytes(self) -> int:
        """Of the largest file that is taken as a picture."""
        return self.picture_megabytes * 1_000_000

    @property
    def upload_megabytes(self) -> int:
        """Of the largest file that a server takes at all."""
        return max(self.weights_megabytes, self.picture_megabytes)

    @field_validator("models", "warm", "embed", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("atlases", mode="before")
    @classmethod
    def _split_folders(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return tuple(Path(part.strip()) for part in value.replace(os.pathsep, ",").split(",") if part.strip())

    @field_validator("atlases")
    @classmethod
    def _whole_paths(cls, value: tuple[Path, ...]) -> tuple[Path, ...]:
        for folder in value:
            if not folder.is_absolute():
                raise ValueError("names a folder that does not begin at the root, as /srv/atlases does")
        return value

    @field_validator("embed")
    @classmethod
    def _sites(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for site in value:
            if not site.startswith(("http://", "https://")) or any(mark in site for mark in " ;'\""):
                raise ValueError("sites begin with https:// or http://, and have no spaces, quotes or semicolons")
        return value


def settings() -> Settings:
    """As the environment has them now. Raises SettingsError, in one sentence."""
    return _checked(tuple((name, value) for name, value in os.environ.items() if name.upper().startswith(PREFIX)))


@lru_cache(maxsize=1)
def _checked(_variables: tuple[tuple[str, str], ...]) -> Settings:
    """Read again when a variable has changed, since to check them takes a millisecond."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        variable = f"{PREFIX}{first['loc'][0]}".upper()
        says = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
        raise SettingsError(
            f"{variable} is {os.environ.get(variable, '')!r}: it {says}; `regard settings` lists all."
        ) from None


def listed() -> Iterator[tuple[str, str, str]]:
    """Of every setting its variable, its value as text, and what it is."""
    values = settings()
    for name, field in Settings.model_fields.items():
        value = getattr(values, name)
        text = ",".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value).lower()
        yield f"{PREFIX}{name}".upper(), text if not isinstance(value, Path) else str(value), field.description or ""
