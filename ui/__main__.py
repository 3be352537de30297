"""`python -m ui`: the server, as the settings say."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from attention_core.settings import Settings, SettingsError, settings

APP = Path(__file__).resolve().parent.parent / "app.py"


def command(wanted: Settings) -> list[str]:
    """What starts Streamlit so."""
    options = {
        "server.address": wanted.address,
        "server.port": wanted.port,
        "server.maxUploadSize": wanted.upload_megabytes,
        "server.baseUrlPath": wanted.base_path.strip("/"),
    }
    words = [f"--{name}={value}" for name, value in options.items() if value != ""]
    return [sys.executable, "-m", "streamlit", "run", str(APP), *words]


def main() -> None:
    try:
        words = command(settings())
    except SettingsError as error:
        sys.exit(str(error))
    os.execv(words[0], words)  # noqa: S606 (our own words, and no shell is wanted)


if __name__ == "__main__":
    main()
