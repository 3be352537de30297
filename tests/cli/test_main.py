"""`regard`, or `python -m attention_core`: its files, its JSON, its exit codes."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import timm
import torch
from safetensors.torch import save_file

from attention_core import load_image, load_model
from attention_core.cli import main as main_module
from attention_core.cli.main import main
from attention_core.export.attention_map import AttentionMap, attention_map
from attention_core.models import registered_models
from attention_core.tokens.layer_on_image import layers_on_image

ROOT = Path(__file__).parents[2]
PHOTO = ROOT / "assets/photos/cat.jpg"
COMMON = ["--model", "random-heads", "--across", "9"]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main([*arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture(scope="module")
def expected() -> AttentionMap:
    model, picture = load_model("random-heads"), load_image(PHOTO)
    record, grid = model.record(picture, 9)
    about: dict[str, object] = {"model": "random-heads", "layer": 0}
    return attention_map(record.layers[0], picture, grid, (2, 5), [1, 3], "mean", (), about)


@pytest.mark.parametrize("kind", ["png", "svg", "pdf", "npz", "csv"])
def test_a_maps_file_is_what_the_core_exports(
    kind: str, tmp_path: Path, expected: AttentionMap, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"map.{kind}"
    said = run(capsys, "map", str(PHOTO), *COMMON, "--query", "2,5", "--head", "1", "--head", "3", "--out", str(out))
    whole = getattr(expected, kind)()
    assert out.read_bytes() == (whole if isinstance(whole, bytes) else whole.encode())
    row, col, weight = said["top"][0]
    assert weight == pytest.approx(float(expected.patches[row, col])) == pytest.approx(float(expected.patches.max()))
    assert said["heads"] == [1, 3] and said["query"] == [2, 5] and said["out"] == str(out)


def test_a_map_as_html_is_a_whole_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "map", str(PHOTO), *COMMON, "--out", str(tmp_path / "map.html"))
    page = (tmp_path / "map.html").read_text("utf-8")
    assert page.startswith("<!doctype html>") and "Random heads, layer 0" in page


def test_a_view_has_the_requested_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, asked = tmp_path / "map.npz", ["--query", "2,5", "--direction", "incoming", "--temperature", "0.5"]
    said = run(capsys, "map", str(PHOTO), *COMMON, *asked, "--head", "3", "--head", "1", "--head", "3", "--out", str(out))
    record, grid = load_model("random-heads").record(load_image(PHOTO), 9)
    column = record.layers[0].columns([grid.index(2, 5)], 0.5)[0, [3, 1], :, 0]
    with np.load(out) as found:
        torch.testing.assert_close(torch.from_numpy(found["weights"]).flatten(1), column)
        torch.testing.assert_close(torch.from_numpy(found["shown"]).flatten(), column.mean(0))
    assert (said["heads"], said["direction"], said["temperature"]) == ([3, 1], "incoming", 0.5)
    page = run(capsys, "map", str(PHOTO), *COMMON, *asked, "--out", str(tmp_path / "map.html"))["out"]
    assert '"direction": "incoming", "temperature": 0.5' in Path(page).read_text("utf-8")


def test_a_picture_comes_in_on_stdin(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = run(capsys, "map", str(PHOTO), *COMMON)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PHOTO.read_bytes())))
    assert run(capsys, "map", "-", *COMMON) == expected
    assert main(["map", "-", *COMMON]) == 1 and "The file is empty" in capsys.readouterr().err


def test_a_model_runs_on_the_requested_device_and_precision(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "info", "raw-patches", "--device", "cpu", "--dtype", "bfloat16")["runs_on"] == "the CPU in bfloat16"
    exact, rounded = (run(capsys, "map", str(PHOTO), *COMMON, "--dtype", kind)["top"][0][2] for kind in ("float32", "float16"))
    assert exact == pytest.approx(rounded, rel=0.02) and exact != rounded


@pytest.mark.parametrize(
    ("file", "columns"), [("map", ["weight_head_1", "weight_head_3", "weight_max"]), ("rollout", ["weight_rollout"])]
)
def test_the_columns_of_a_table_are_named(
    file: str, columns: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--head", "1", "--head", "3", "--combine", "max"] if file == "map" else []
    run(capsys, file, str(PHOTO), *COMMON, *options, "--out", str(tmp_path / "table.csv"))
    lines = (tmp_path / "table.csv").read_text("utf-8").splitlines()
    assert lines[0].split(",") == ["token", "patch_row", "patch_column", *columns]
    assert {len(line.split(",")) for line in lines} == {3 + len(columns)}


def test_an_unwritable_file_is_refused_before_the_work(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rollout", "no-such-picture.jpg", "--model", "no-such-model", "--out", "rollout.html"]) == 1
    assert capsys.readouterr().err == "a map through all layers has no .html view; take .png, .svg, .pdf, .csv, .npz\n"


def test_a_rollout_is_the_records(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "rollout.npz"
    said = run(
        capsys, "rollout", str(PHOTO), *COMMON, "--query", "2,5", "--discard", "0.5", "--fusion", "max", "--out", str(out)
    )
    record, grid = load_model("random-heads").record(load_image(PHOTO), 9)
    rolled = record.rollout(grid.index(2, 5), fusion="max", discard=0.5)[0].view(grid.rows, grid.cols)
    with np.load(io.BytesIO(out.read_bytes())) as found:
        torch.testing.assert_close(torch.from_numpy(found["shown"]), rolled)
    assert said["method"] == "rollout" and said["discard"] == 0.5


def test_models_and_info(capsys: pytest.CaptureFixture[str]) -> None:
    cards = {card["name"]: card for card in run(capsys, "models")}
    assert list(cards) == [info.name for info in registered_models()]
    assert cards["dinov3-s16"]["prefix_tokens"] == ["CLS", *(f"register {at}" for at in range(1, 5))]
    facts = run(capsys, "info", "random-heads")
    assert facts["parameters"] == 3 * 6 * 64 * 3 * 16**2 and facts["prefix_tokens"] == []
    assert main(["models"]) == 0 and "random-heads" in capsys.readouterr().out
    assert main(["info", "raw-patches"]) == 0 and "patch_size" in capsys.readouterr().out
    assert main(["map", str(PHOTO), *COMMON]) == 0 and "1  row" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["map", "no-such-file.jpg"], "no-such-file.jpg"),
        (["map", str(ROOT / "README.md"), *COMMON], "accepted are"),
        (["map", str(PHOTO), "--model", "nonsense"], "nonsense"),
        (["map", str(PHOTO), *COMMON, "--layer", "3"], "layer must be 0–0 of random-heads, received 3"),
        (["map", str(PHOTO), *COMMON, "--layer", "-2"], "layer must be 0–0 of random-heads, received -2"),
        (["map", str(PHOTO), *COMMON, "--head", "6"], "heads must be 0–5, received 6"),
        (["map", str(PHOTO), *COMMON, "--query", "99,0"], "patch (99, 0) is outside the grid"),
        (["map", str(PHOTO), *COMMON, "--query", "CLS"], "--query must be ROW,COL such as 5,7, received 'CLS'"),
        (["map", str(PHOTO), *COMMON, "--out", "map.gif"], "--out must end in one of .png, .svg, .pdf, .csv, .npz, .html"),
        (["map", str(PHOTO), *COMMON, "--out", "no/such/folder/map.png"], "there is no folder no/such/folder; make it first"),
        (["rollout", str(PHOTO), *COMMON, "--out", "rollout.html"], "a map through all layers has no .html view"),
        (["rollout", str(PHOTO), *COMMON, "--discard", "2"], "discard"),
        (["map", str(PHOTO), "--model", "random-heads", "--across", "900"], "patches across must be"),
        (["map", str(PHOTO), *COMMON, "--device", "gpu"], "device must be one of auto, cpu, cuda, mps, received 'gpu'"),
    ],
)
def test_impossible_requests_give_one_sentence_and_exit_with_1(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    said = capsys.readouterr()
    assert sentence in said.err and len(said.err.strip().splitlines()) == 1 and said.out == ""


@pytest.mark.parametrize("opacity", ["7", "-0.1", "nan", "much"])
def test_an_opacity_is_a_share(opacity: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["map", str(PHOTO), *COMMON, f"--opacity={opacity}"])
    assert ended.value.code == 2 and f"expected a number from 0 to 1, received {opacity}" in capsys.readouterr().err


@pytest.mark.parametrize("temperature", ["-1", "0", "nan", "inf", "warm"])
def test_a_temperature_is_above_0(temperature: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["map", str(PHOTO), *COMMON, "--temperature", temperature])
    assert ended.value.code == 2 and f"expected a number above 0, received {temperature}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("called", "name"),
    [("/x/bin/regard", "regard"), ("C:/regard.exe", "regard"), ("/x/attention_core/__main__.py", "python -m attention_core")],
)
def test_it_uses_the_name_of_its_call(
    called: str, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [called])
    with pytest.raises(SystemExit):
        main(["info"])
    assert capsys.readouterr().err.startswith(f"usage: {name} info")


def test_every_option_has_a_help_text(capsys: pytest.CaptureFixture[str]) -> None:
    for command, least in (("map", 10), ("rollout", 10), ("features", 8)):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        options = capsys.readouterr().out.partition("options:")[2]
        entries = re.split(r"\n  (?=-)", options)[1:]
        assert len(entries) > least
        assert [entry for entry in entries if not re.search(r"(?m)(^\s{20,}|\S {2,})\S", entry)] == []


def test_a_wrong_command_line_exits_with_2_and_the_module_runs() -> None:
    command = [sys.executable, "-m", "attention_core"]
    wrong = subprocess.run([*command, "map"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert wrong.returncode == 2 and "usage" in wrong.stderr
    right = subprocess.run(
        [*command, "map", str(PHOTO), *COMMON, "--json"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(right.stdout)["model"] == "random-heads" and right.stderr == "", "no progress bar where nobody looks"


MOBILE = "mobilevit_xxs"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(3)
    path = tmp_path_factory.mktemp("weights") / "mine.safetensors"
    save_file(timm.create_model(MOBILE).state_dict(), path)
    return path


def test_a_layer_in_windows_is_drawn_where_its_windows_lie(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], checkpoint: Path
) -> None:
    out, mine = tmp_path / "map.npz", ["--model", MOBILE, "--checkpoint", str(checkpoint)]
    said = run(capsys, "map", str(PHOTO), *mine, "--layer", "1", "--query", "3,9", "--out", str(out))
    model, picture = load_model(MOBILE, checkpoint=checkpoint), load_image(PHOTO)
    where = layers_on_image(model, *model.record(picture))[1]
    assert where.windows is not None and said["layer"] == where.layer.path
    assert said["grid"] == [where.grid.rows, where.grid.cols]
    with np.load(out) as found:
        weights = torch.from_numpy(found["weights"])
    torch.testing.assert_close(weights.flatten(1), where.row(where.grid.index(3, 9)))
    assert (weights.sum(0) > 0).sum() == where.grid.num_patches / 4, "its window is every second patch, both ways"
    assert main(["rollout", str(PHOTO), *mine]) == 1
    assert "attends inside windows of the image" in capsys.readouterr().err


def test_patches_are_cut_as_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "info", "raw-patches", "--patch-size", "8")["patch_size"] == 8
    said = run(capsys, "map", str(PHOTO), "--model", "raw-patches", "--patch-size", "8", "--across", "12")
    assert max(said["grid"]) == 12
    assert main(["info", "raw-patches", "--stride", "4"]) == 1
    assert capsys.readouterr().err == "raw-patches takes the options patch_size, device, dtype, received stride\n"


def test_a_large_picture_says_first_what_it_will_cost(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    square = PHOTO.with_name("astronaut.jpg")
    asked = ["map", str(square), "--model", "raw-patches", "--patch-size", "4", "--across", "72"]
    assert main(asked) == 0
    assert re.match(r"72 × 72 patches: about \d+ (s|min) and \d+ [KM]B of memory\n", capsys.readouterr().err)
    monkeypatch.setattr("attention_core.models.free_memory.available_bytes", lambda: 10)
    assert main(asked) == 1
    assert "choose a smaller model" in capsys.readouterr().err


def test_an_interrupted_command_ends_in_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(main_module._COMMANDS, "models", interrupted)
    assert main(["models"]) == 130 and capsys.readouterr().err == "Interrupted; nothing was written.\n"


def test_a_closed_pipe_is_not_an_error() -> None:
    code = "import sys; from attention_core.cli.main import main; sys.exit(main(['models']))"
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        running.stdout.close()
        assert running.stderr.read() == "" and running.wait() == 0
