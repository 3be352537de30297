"""`make fuzz` passes damaged files of every format to `load_image`. Files that break it go to test-artefacts/fuzz/.

It spends some seconds on each format.

Each format has a process of its own. If one crashes, hangs or takes too much memory, this is noticed and the others
continue.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from attention_core.images.decoding import ACCEPTED_FORMATS
from tests.fuzz.decode import LAST, MOST_SECONDS

ROOT: Final = Path(__file__).resolve().parents[2]
KEPT: Final = ROOT / "test-artefacts" / "fuzz"


def broken(kind: str, seconds: int, seed: int) -> str:
    """Return how the process of that format failed, or "" if it found nothing. The file that caused it is kept."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-W", "ignore", "-m", "tests.fuzz.decode", kind, str(seconds), str(seed), folder]
        log = Path(folder) / "log"
        with log.open("wb") as output:
            try:
                code = subprocess.run(
                    command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, timeout=seconds + 4 * MOST_SECONDS, check=False
                ).returncode
                how = "" if code == 0 else f"ended with {code}"
            except subprocess.TimeoutExpired:
                how = "hangs"
        if not how:
            return ""
        KEPT.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(folder) / LAST, KEPT / f"{kind}-{seed}")
        shutil.copy(log, KEPT / f"{kind}-{seed}.log")
    return f"{how}: {(KEPT / f'{kind}-{seed}').relative_to(ROOT)}, {kind}-{seed}.log"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("formats", nargs="*", default=ACCEPTED_FORMATS, help="those of load_image; all without any")
    parser.add_argument("--seconds", type=int, default=60, help="for each format")
    parser.add_argument("--seed", type=int, default=1, help="another one tries other files")
    asked = parser.parse_args()
    found = False
    for kind in asked.formats:
        how = broken(kind, asked.seconds, asked.seed)
        found = found or bool(how)
        print(f"{kind:5} {how or f'{asked.seconds} s, nothing found'}", flush=True)  # noqa: T201
    sys.exit(found)


if __name__ == "__main__":
    main()
