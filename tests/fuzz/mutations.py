"""Damage to a file: changed bytes, extreme numbers, and pieces that are removed, repeated or taken from another file."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Final

EXTREMES: Final = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 7000, 7072)
"""The last two are the sides of the largest accepted pictures."""
MOST_BYTES: Final = 100_000


def mutated(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """Return the file after one to five of these changes."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        if changed:
            chance.choice(_WAYS)(changed, others, chance)
    sound = bytes(changed[:MOST_BYTES])
    return with_checksums(sound) if chance.random() < 0.8 else sound


def with_checksums(data: bytes) -> bytes:
    """Return a PNG with correct checksums, because readers stop at a wrong one. Other files stay as they are."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return data
    sound, at = bytearray(data), 8
    while at + 12 <= len(sound):
        (length,) = struct.unpack_from(">I", sound, at)
        end = at + 8 + length
        if end + 4 > len(sound):
            break
        struct.pack_into(">I", sound, end, zlib.crc32(sound[at + 4 : end]))
        at = end + 4
    return bytes(sound)


def _flip(data: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    data[_place(data, chance)] ^= 1 << chance.randrange(8)


def _set(data: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    data[_place(data, chance)] = chance.randrange(256)


def _number(data: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    kind = chance.choice(("B", "<H", ">H", "<I", ">I"))
    at, size = _place(data, chance), struct.calcsize(kind)
    if at + size <= len(data):
        struct.pack_into(kind, data, at, chance.choice(EXTREMES) & (256**size - 1))


def _cut(data: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    at = _place(data, chance)
    del data[at : at + _length(data, chance)]


def _end(data: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def _repeat(data: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    at = _place(data, chance)
    data[at:at] = data[at : at + _length(data, chance)] * chance.randint(1, 3)


def _splice(data: bytearray, others: Sequence[bytes], chance: random.Random) -> None:
    other = chance.choice(others)
    at, begin = _place(data, chance), chance.randrange(len(other))
    length = min(_length(data, chance), len(other) - begin)
    data[at : at + length] = other[begin : begin + length]


def _place(data: bytearray, chance: random.Random) -> int:
    """Return a place. Half of the places are among the first bytes, whose numbers describe the rest of the file."""
    return chance.randrange(min(len(data), 400) if chance.random() < 0.5 else len(data))


def _length(data: bytearray, chance: random.Random) -> int:
    return chance.randint(1, max(1, min(len(data) // 4, 512)))


_WAYS: Final[tuple[Callable[[bytearray, Sequence[bytes], random.Random], None], ...]] = (
    _flip,
    _set,
    _set,
    _number,
    _number,
    _cut,
    _end,
    _repeat,
    _splice,
)
