"""The command `streamlit` in a process in which DINOv2-small fails on readers' own pictures. The error names the file."""

import sys
from typing import Any

from streamlit.web import cli

from ui import recording

NAME = "portrait of ada.png"
BUNDLED = recording.make_recording


def make_recording(key: str, picture: Any, model: Any, *rest: Any) -> Any:
    if picture.credit or model.name != "dinov2-small":
        return BUNDLED(key, picture, model, *rest)
    raise RuntimeError(f"/home/ada/{NAME}")


if __name__ == "__main__":
    recording.make_recording = make_recording
    cli.main(sys.argv[1:], prog_name="streamlit")
