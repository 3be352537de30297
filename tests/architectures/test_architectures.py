"""Recorded attention equals what the model computes, or is named as not seen: over many small architectures."""

import os

import pytest

from tests.architectures import catalogue_several, catalogue_text, catalogue_timm, catalogue_vision, table
from tests.architectures.harness import Case, measure

CASES: list[Case] = [
    *catalogue_timm.CASES,
    *catalogue_vision.CASES,
    *catalogue_text.CASES,
    *catalogue_several.CASES,
]
QUICK_OF_TIMM = ("ViT", "Swin", "XCiT", "PVT V2", "TinyViT")
"""The others take most of a minute, mainly for work other than attention."""
pytestmark = pytest.mark.filterwarnings("ignore")


def quick(case: Case) -> bool:
    return case.library != "timm" or case.name in QUICK_OF_TIMM


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=() if quick(case) else pytest.mark.nightly) for case in CASES],
    ids=[f"{case.kind}, {case.library}: {case.name}" for case in CASES],
)
def test_every_call_is_exact_or_named(case: Case) -> None:
    row = measure(case)
    assert row.telling, "the weights are too even or too sharp to show an error"
    for way, measured in row.measured.items():
        assert measured.status != "wrong", f"{way}: {measured}"


def test_no_two_cases_share_a_name() -> None:
    assert len({(case.kind, case.library, case.name) for case in CASES}) == len(CASES) >= 60


def test_quick_cases_cover_every_kind_and_library() -> None:
    kinds = {(case.kind, case.library) for case in CASES}
    assert {(case.kind, case.library) for case in CASES if quick(case)} == kinds
    assert set(QUICK_OF_TIMM) <= {case.name for case in CASES if case.library == "timm"}


@pytest.mark.nightly
def test_the_table_holds_the_measurements() -> None:
    measured = table.document([measure(case) for case in CASES])
    if os.environ.get("REGARD_WRITE_DOCS"):
        table.DOCUMENT.write_text(measured, encoding="utf-8")
    written = table.without_errors(table.DOCUMENT.read_text(encoding="utf-8"))
    for found, expected in zip(table.without_errors(measured), written, strict=True):
        assert found == expected, "measure again with REGARD_WRITE_DOCS=1 and read what has changed"
