"""`regard atlas` without the right to write its folder.

The person who runs the tests may have every right. So the tests raise the file system's errors with the messages of
pyarrow and the lock.
"""

from __future__ import annotations

import errno
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from attention_core.atlas import job, read_manifest
from attention_core.atlas.places import Place
from attention_core.cli.main import main
from tests.atlas.models import folder_of

MODEL = ["--model", "random-heads", "--across", "4", "--patch-size", "8", "--batch", "1"]
DETAIL = "Detail: [errno 13] Permission denied"


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    return ["atlas", str(folder_of(tmp_path / "pictures", 3)), "--out", str(tmp_path / "atlas"), *MODEL]


def require_said(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 1
    said = capsys.readouterr()
    kept = "what is done is kept; get that right and run the same again, or give another --out"
    assert (said.out, said.err) == ("", f"there is no right to write {words[3]}; {kept}.\n")


def test_a_lost_right_ends_the_job_and_keeps_its_work(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write, written = pq.write_table, []

    def refused(table: Any, path: str, **options: Any) -> None:
        if len(written) == 2:
            raise PermissionError(errno.EACCES, f"Failed to open local file '{path}'. {DETAIL}")
        written.append(path)
        write(table, path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(pq, "write_table", refused)
        require_said(words, capsys)
    out = Path(words[3])
    assert len(list((out / "_parts").iterdir())) == 2 and not read_manifest(out).finished
    assert main(words) == 0 and pq.read_table(out).num_rows == 18


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_folder_that_cannot_be_made(
    number: int, words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(place: Place) -> None:
        raise OSError(number, f"Cannot create directory '{place.path}'. {DETAIL}")

    monkeypatch.setattr(Place, "make_folder", refused)
    require_said(words, capsys)


def test_a_folder_without_the_right_to_write(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(lock: Path, **_: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(lock))

    monkeypatch.setattr(job, "FileLock", refused)
    require_said(words, capsys)


def test_a_list_that_cannot_be_read_is_named_itself(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.txt").write_text("pictures/000.png")

    def refused(place: Place) -> bytes:
        raise PermissionError(errno.EACCES, f"Failed to open local file '{place.path}'. {DETAIL}")

    monkeypatch.setattr(Place, "read", refused)
    assert main([words[0], str(tmp_path / "list.txt"), *words[2:]]) == 1
    assert re.fullmatch(r".*Failed to open local file '.*/list\.txt'.*\n", capsys.readouterr().err)
