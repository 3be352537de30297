"""The rules of our English, and a list of exceptions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import textstat

from tests.words.sources import Sentence

OPENINGS: Final = "Of|That|Whoever|Whatever|Whether|(?:By|From|With|To|In|For|Under|On|At) (?:what|which|whom)"
CODE_OPENINGS: Final = f"{OPENINGS}|What|How|Where|Which|Why|By|With|For|From|To|In|Under|Until|As|Those|Told|So many"
LONGEST: Final = 32
"""Words in a sentence."""
HARDEST: Final = 70.0
"""LIX: words per sentence + per cent of words with more than six letters (Björnsson 1968). A text from 60 on is very hard."""
FEWEST_SCORED: Final = 12
"""A shorter sentence has too few words for a score."""

IF: Final = 'write "if" for a condition'
PATTERNS: Final = {
    r"\b(?:of|by|from|for|to|with|under|at|after|before|beside|above|below|than) (?:which|whom|what)\b": "write a main clause",
    r"\bwhere (?:it|there|they|that|one|none|no|nothing|those|these|this) (?:is|are|has|have|had|was|were)\b": IF,
    r"\bRaises \w+ where\b": IF,
    r"(?<!here )\b(?:is|are) no (?!longer\b|more\b|other\b)(?:\w+)": 'write "is not a …"',
    r"\b(?:a|one) (\w+) an? (?!\1)\w+[.,;:)]": 'write "one … per …"',
    r";.*;": "write sentences in place of a chain of semicolons",
    r"\b(?:whoever|what there is|what is there|such as are|those that are|in the place of)\b": "name the noun",
}
ON_SCREEN: Final = {r"; [a-z]": "write two sentences in place of a semicolon"}

ALLOWED: Final[frozenset[str]] = frozenset()
"""Sentences that may break a rule, for a reason."""


def broken_rules(sentence: Sentence) -> Iterator[str]:
    """Yield what to change, once for each rule that the sentence breaks."""
    text = re.sub(r"`[^`]*`|\{\}", "x", sentence.text)
    if sentence.text in ALLOWED:
        return
    openings = OPENINGS if sentence.kind == "screen" else CODE_OPENINGS
    if opening := re.match(rf"(?:{openings})\b(?! if\b)", text):
        yield f'start with the thing, not with "{opening[0]}"'
    for pattern, advice in (PATTERNS | (ON_SCREEN if sentence.kind == "screen" else {})).items():
        if broken := re.search(pattern, text, flags=re.IGNORECASE):
            yield f"{advice} ({broken[0]})"
    words = text.split()
    if len(words) > LONGEST:
        yield f"write shorter sentences ({len(words)} words)"
    if sentence.kind == "screen" and len(words) >= FEWEST_SCORED and (score := textstat.lix(text)) > HARDEST:
        yield f"write simpler words (LIX {score:.0f})"
