"""One process of the fuzzer: `python -m tests.fuzz.decode FORMAT SECONDS SEED FOLDER`. FOLDER keeps the last file.

With atheris, the mutations follow the coverage of Pillow's own Python code. Without it they are random only.
"""

from __future__ import annotations

import importlib.util
import random
import resource
import sys
import time
from pathlib import Path
from typing import Final

if FOUND := importlib.util.find_spec("atheris"):
    import atheris

    with atheris.instrument_imports(include=["PIL", "attention_core"]):
        from attention_core.images import decoding
else:
    from attention_core.images import decoding

from tests.fuzz.mutations import mutated
from tests.fuzz.seeds import SEEDS

LAST: Final = "last"
MOST_SECONDS: Final = 30
"""Time limit for one file, on a busy machine."""
MOST_MEGABYTES: Final = 1000
"""Memory that one file may take in addition to the process's base."""


class Trial:
    """The promises of `load_image` for any file. Raises AssertionError if one is broken."""

    def __init__(self, folder: Path) -> None:
        self._last = folder / LAST
        self._limit = _peak() + MOST_MEGABYTES
        self.count = self.accepted = 0

    def __call__(self, data: bytes) -> None:
        self._last.write_bytes(data)
        self.count += 1
        begun = time.monotonic()
        try:
            image = decoding.load_image(data)
            note = decoding.note_on(data)
        except decoding.ImageError as error:
            says = str(error)
            assert says.endswith(".") and "\n" not in says and ". " not in says and len(says) < 300, says
        else:
            self.accepted += 1
            assert image.mode == "RGB" and image.info == {}, (image.mode, image.info)
            assert min(image.size) >= 1 and max(image.size) <= decoding.WORKING_SIDE, image.size
            assert isinstance(note, str)
        assert time.monotonic() - begun < MOST_SECONDS, f"{time.monotonic() - begun:.0f} s"
        assert _peak() < self._limit, f"{_peak()} MB"


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def with_atheris(kind: str, seconds: int, seed: int, folder: Path, trial: Trial) -> None:
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, data in enumerate(SEEDS[kind]):
        (corpus / str(number)).write_bytes(data)

    def mutate(data: bytes, _most: int, seed: int) -> bytes:
        return mutated(data or SEEDS[kind][0], SEEDS[kind], random.Random(seed))

    options = [f"-max_total_time={seconds}", f"-seed={seed}", "-max_len=100000", f"-artifact_prefix={folder}/", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], trial, custom_mutator=mutate)
    atheris.Fuzz()


def alone(kind: str, seconds: int, seed: int, trial: Trial) -> None:
    chance, ends = random.Random(seed), time.monotonic() + seconds
    while time.monotonic() < ends:
        trial(mutated(chance.choice(SEEDS[kind]), SEEDS[kind], chance))


if __name__ == "__main__":
    kind, seconds, seed, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    trial = Trial(folder)
    for data in SEEDS[kind]:
        trial(data)
    if FOUND:
        with_atheris(kind, seconds, seed, folder, trial)
    else:
        alone(kind, seconds, seed, trial)
        print(f"{trial.count} files, {trial.accepted} of them accepted")  # noqa: T201
