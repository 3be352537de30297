"""The command `streamlit`, in whose process no matrix can be made."""

import sys
from typing import Any

from streamlit.web import cli

import attention_core

SECRET = "/home/ada/portrait.png"


def fail(*_: Any, **__: Any) -> None:
    raise RuntimeError(SECRET)


if __name__ == "__main__":
    attention_core.pooled_weights = fail  # type: ignore[assignment]
    cli.main(sys.argv[1:], prog_name="streamlit")
