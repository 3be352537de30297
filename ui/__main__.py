"""`python -m ui`: start the server with the settings from the environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from attention_core.settings import Settings, SettingsError, settings

APP = Path(__file__).resolve().parent.parent / "app.py"


def command(settings: Settings) -> list[str]:
    """Return the command line that starts Streamlit with these settings."""
    options = {
        "server.address": settings.address,
        "server.port": settings.port,
        "server.maxUploadSize": settings.upload_megabytes,
        "server.baseUrlPath": settings.base_path.strip("/"),
    }
    words = [f"--{name}={value}" for name, value in options.items() if value != ""]
    return [sys.executable, "-m", "streamlit", "run", str(APP), *words]


def main() -> None:
    try:
        words = command(settings())
    except SettingsError as error:
        sys.exit(str(error))
    os.execv(words[0], words)  # noqa: S606 (our own words, and no shell is needed)


if __name__ == "__main__":
    main()
