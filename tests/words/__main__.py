"""Print the sentences that break a rule of our English: `python -m tests.words [FILE OR FOLDER …]`.

Exits with 1 if a sentence breaks a rule.
"""

from __future__ import annotations

import sys

from tests.words.rules import broken_rules
from tests.words.sources import sentences, tracked_files


def main(places: list[str]) -> int:
    files = [file for file in tracked_files() if not places or file.startswith(tuple(places))]
    broken = 0
    for sentence in sentences(files):
        for advice in broken_rules(sentence):
            broken += 1
            print(f"{sentence.file}:{sentence.line}: {sentence.kind}: {advice}: {sentence.text}")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
