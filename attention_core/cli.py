"""`python -m attention_core`: what the core can do from a terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from attention_core.models import WeightsError
from attention_core.models.weights import fetch


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns 0, or 1 after one sentence on stderr."""
    parser = argparse.ArgumentParser(prog="python -m attention_core", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("weights", help="fetch the trained weights, check them, and keep them as safetensors")
    parser.parse_args(arguments)
    try:
        fetch(lambda sentence: print(sentence, flush=True))  # noqa: T201 (this is the terminal)
    except WeightsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0
