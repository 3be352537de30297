"""The settings of the person who runs Regard: read, checked, listed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from attention_core.cli.main import main
from attention_core.images.decoding import load_image
from attention_core.images.image_error import ImageError
from attention_core.settings import Settings, SettingsError, settings
from ui.__main__ import command


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"REGARD_{name}".upper(), raising=False)


def test_without_variables_it_is_for_one_person_on_one_machine() -> None:
    found = settings()
    assert (found.address, found.hub, found.own_weights, found.models, found.embed) == ("127.0.0.1", True, True, (), ())


def test_variables_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = {
        "MODELS": "dinov2-small, raw-patches",
        "HUB": "no",
        "MEMORY": "800",
        "CACHE": str(tmp_path),
        "BASE_PATH": "/regard",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"REGARD_{name}", value)
    found = settings()
    assert found.models == ("dinov2-small", "raw-patches") and not found.hub and found.memory == 800
    assert found.cache == tmp_path and found.base_path == "/regard"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("MEMORY", "lots", "integer"),
        ("MEMORY", "1", "greater than or equal to 64"),
        ("HUB", "perhaps", "boolean"),
        ("DEVICE", "toaster", "'auto', 'cpu', 'cuda' or 'mps'"),
        ("PORT", "70000", "65535"),
        ("PICTURE_MEGABYTES", "0", "greater than or equal to 1"),
        ("BASE_PATH", "../up there", "pattern"),
        ("EMBED", "https://a.org; script-src *", "no spaces, quotes or semicolons"),
        ("EMBED", "course.example.org", "https://"),
    ],
)
def test_an_invalid_variable_gives_a_sentence(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    monkeypatch.setenv(f"REGARD_{name}", value)
    with pytest.raises(SettingsError) as error:
        settings()
    assert str(error.value).startswith(f"REGARD_{name} is {value!r}") and says in str(error.value)
    assert "\n" not in str(error.value)


def test_limits_apply_to_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    Image.effect_noise((1500, 1000), 60).save(buffer, "PNG")
    picture = buffer.getvalue()
    assert load_image(picture).size == (1500, 1000) and len(picture) > 1_000_000
    monkeypatch.setenv("REGARD_PICTURE_MEGAPIXELS", "1")
    with pytest.raises(ImageError, match=r"2 megapixels; accepted are .* up to 25 MB and 1 megapixels"):
        load_image(picture)
    monkeypatch.setenv("REGARD_PICTURE_MEGABYTES", "1")
    with pytest.raises(ImageError, match="up to 1 MB"):
        load_image(picture)


def test_the_server_takes_files_as_large_as_the_largest_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--server.maxUploadSize=400" in command(settings())
    monkeypatch.setenv("REGARD_WEIGHTS_MEGABYTES", "20")
    assert "--server.maxUploadSize=25" in command(settings())


def test_the_command_lists_every_setting(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("REGARD_MEMORY", "900")
    assert main(["settings"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("=")[0] for line in lines] == [f"REGARD_{name}".upper() for name in Settings.model_fields]
    assert any(line.startswith("REGARD_MEMORY=900 ") for line in lines)
    monkeypatch.setenv("REGARD_MEMORY", "lots")
    assert main(["settings"]) == 1
