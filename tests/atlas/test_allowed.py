"""The folders in which a server looks for atlases. A refusal tells nothing about their content."""

from __future__ import annotations

from pathlib import Path

import pytest

from attention_core.atlas.allowed import REFUSED, is_local, listed_atlases, require_allowed
from attention_core.atlas.manifest import AtlasError
from attention_core.settings import Settings, SettingsError, settings
from tests.atlas.written import numbers, write_atlas


@pytest.fixture
def bundled(tmp_path: Path) -> Path:
    return write_atlas(tmp_path / "bundled" / "photographs", numbers(2)).parent


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("127.8.8.8", True),
        ("0.0.0.0", False),
        ("::", False),
        ("host.org", False),
    ],
)
def test_a_loopback_address_is_for_this_machine_alone(address: str, local: bool) -> None:
    assert is_local(Settings(address=address)) == local


def test_any_folder_opens_locally_and_only_bundled_ones_if_hosted(tmp_path: Path, bundled: Path) -> None:
    mine = write_atlas(tmp_path / "mine", numbers(2))
    assert require_allowed(mine, Settings(), bundled) == mine.resolve()
    hosted = Settings(address="0.0.0.0")
    assert require_allowed(bundled / "photographs", hosted, bundled)
    for path in (mine, tmp_path / "nothing", bundled / ".." / "mine", Path("/etc"), Path("a\0b"), Path("x" * 5000)):
        with pytest.raises(AtlasError) as error:
            require_allowed(path, hosted, bundled)
        assert str(error.value) == REFUSED


def test_allowed_folders_open_and_links_out_of_them_do_not(tmp_path: Path, bundled: Path) -> None:
    mine = write_atlas(tmp_path / "allowed" / "mine", numbers(2))
    other = write_atlas(tmp_path / "other", numbers(2))
    (tmp_path / "allowed" / "out").symlink_to(other)
    for address in ("0.0.0.0", "127.0.0.1"):
        given = Settings(address=address, atlases=(tmp_path / "allowed",))
        assert require_allowed(mine, given, bundled) == mine.resolve()
        for path in (other, tmp_path / "allowed" / "out", tmp_path / "allowed" / ".." / "other", tmp_path / "allowed-not"):
            with pytest.raises(AtlasError):
                require_allowed(path, given, bundled)


def test_atlases_in_a_folder_are_listed_with_the_folder_itself(tmp_path: Path, bundled: Path) -> None:
    write_atlas(bundled / "another", numbers(2))
    (bundled / "no atlas").mkdir()
    assert listed_atlases([bundled, tmp_path / "nothing", bundled / "another"]) == [
        bundled / "another",
        bundled / "photographs",
        bundled / "another",
    ]


def test_folders_are_given_with_commas_or_colons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGARD_ATLASES", "/srv/a, /srv/b:/srv/c")
    assert settings().atlases == (Path("/srv/a"), Path("/srv/b"), Path("/srv/c"))
    monkeypatch.setenv("REGARD_ATLASES", "atlases")
    with pytest.raises(SettingsError, match="REGARD_ATLASES is 'atlases': it names a folder"):
        settings()
