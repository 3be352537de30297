"""Rows are saved as soon as they are measured, even if a later part fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import __main__ as runner
from benchmarks.figure import Figure
from benchmarks.results import Results
from tests.benchmarks.short import rows_of


def test_measured_rows_stay_and_the_next_part_runs_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    results = Results(tmp_path / "results.jsonl", short=False, commit="0123abc+")

    def figures(part: str, short: bool) -> Iterator[Figure]:
        yield Figure(f"{part}: wait", 12.5, 20.0, "ms")
        assert [row["part"] for row in rows_of(results.path)][-1] == part, "a row is written before the next is measured"
        if part == "one":
            raise ValueError("no such button")
        yield Figure(f"{part}: runs", 3)

    monkeypatch.setattr(runner, "figures_of", figures)
    measured, failed = runner.measure(["one", "other"], results)
    assert failed == ["one"] and [figure.name for figure in measured] == ["one: wait", "other: wait", "other: runs"]
    rows = rows_of(results.path)
    assert [row.pop("at")[:2] for row in rows] == ["20"] * 3
    same = {"commit": "0123abc+", "short": False}
    assert rows == [
        same | {"part": "one", "name": "one: wait", "value": 12.5, "limit": 20.0, "unit": "ms"},
        same | {"part": "other", "name": "other: wait", "value": 12.5, "limit": 20.0, "unit": "ms"},
        same | {"part": "other", "name": "other: runs", "value": 3, "limit": None, "unit": ""},
    ]
    said = capsys.readouterr()
    assert "| one: wait | 12.5 ms | 20.0 ms |" in said.out and "no such button" in said.err


def test_a_run_names_failed_parts_and_writes_a_table_only_if_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "benchmarks.md"
    document.write_text("<!-- benchmarks -->\n<!-- /benchmarks -->", "utf-8")
    monkeypatch.setattr(runner, "DOCUMENT", document)
    monkeypatch.setattr(runner, "PARTS", ("one", "other"))
    broken = {"other"}

    def figures(part: str, short: bool) -> Iterator[Figure]:
        yield Figure(f"{part}: time", 2.0, 1.0 if part == "one" else 3.0)
        yield Figure(f"{part}: runs", 3)
        if part in broken:
            raise ValueError

    monkeypatch.setattr(runner, "figures_of", figures)
    given = ["--results", str(tmp_path / "results.jsonl")]
    assert runner.main(given) == 1 and "| time |" not in document.read_text("utf-8")
    said = capsys.readouterr().out
    assert "Failed: other\n" in said and said.count("| one: time |") == 2, "what is over its limit is said once more"
    broken.clear()
    assert runner.main([*given, "other"]) == runner.main([*given, "--short"]) == 0
    assert "time" not in document.read_text("utf-8")
    assert runner.main(given) == 1
    table = "| one: time | 2.000 | 1.000 |\n| other: time | 2.000 | 3.000 |\n"
    assert (
        document.read_text("utf-8")
        == f"<!-- benchmarks -->\n| Figure | Measured | At most |\n|---|---|---|\n{table}<!-- /benchmarks -->"
    )
