"""No file, whether uploaded or fetched, runs code, whatever its name. No name leads outside the hub."""

from __future__ import annotations

import io
import json
import os
import pickle
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import timm
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save

from attention_core import ImageError, WeightsError, load_image, load_model
from tests.models.conftest import Hub, point_client_at, refused
from tests.models.watching import Seen, watched

NAME = "test_vit"


class Trap:
    """An object whose unpickling creates the file `ran`."""

    def __init__(self, ran: Path) -> None:
        self.ran = str(ran)

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (self.ran,)


@pytest.fixture
def ran(tmp_path: Path) -> Path:
    return tmp_path / "ran"


def poisons(ran: Path) -> dict[str, bytes]:
    trap, torch_file, archive = Trap(ran), io.BytesIO(), io.BytesIO()
    torch.save({"cls_token": trap}, torch_file)
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("model.safetensors", pickle.dumps(trap))
    old = io.BytesIO()
    torch.save({"cls_token": trap}, old, _use_new_zipfile_serialization=False)
    found = {"torch": torch_file.getvalue(), "old torch": old.getvalue(), "zip": archive.getvalue()}
    return found | {f"protocol {at}": pickle.dumps(trap, at) for at in range(pickle.HIGHEST_PROTOCOL + 1)}


def untouched(seen: Seen, ran: Path) -> bool:
    return not ran.exists() and seen.unpickled == []


def test_the_poison_works(ran: Path) -> None:
    found = poisons(ran)
    with zipfile.ZipFile(io.BytesIO(found.pop("zip"))) as zipped:
        found["protocol of the zip"] = zipped.read("model.safetensors")
    for name, poison in found.items():
        with watched() as seen:
            if name.startswith("protocol"):
                pickle.loads(poison)
            else:
                torch.load(io.BytesIO(poison), weights_only=False)
        assert ran.exists() and seen.unpickled, name
        ran.rmdir()


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".bin", ".ckpt", ".pkl", ".zip", ".safetensors"])
def test_a_poisoned_checkpoint_is_refused_by_whatever_name(ran: Path, tmp_path: Path, suffix: str) -> None:
    for poison in poisons(ran).values():
        file = tmp_path / f"weights{suffix}"
        file.write_bytes(poison)
        for given_ in (file, str(file), poison):
            with watched() as seen:
                assert "safetensors" in refused(NAME, checkpoint=given_)
            assert untouched(seen, ran)


def test_a_poisoned_upload_is_refused(ran: Path) -> None:
    from ui.explorer.upload_checks import weights_in

    for name, poison in poisons(ran).items():
        with watched() as seen:
            assert weights_in(SimpleNamespace(name="w.safetensors", getvalue=lambda poison=poison: poison)) is None, name
            with pytest.raises(ImageError):
                load_image(poison)
        assert untouched(seen, ran)


@pytest.mark.parametrize("file", ["model.safetensors", "pytorch_model.bin", "config.json", "preprocessor_config.json"])
@pytest.mark.parametrize("name", ["hf-hub:tests/evil", "tests/evil"])
def test_a_poisoned_repository_is_refused(hub: Hub, ran: Path, name: str, file: str) -> None:
    config = {"model_type": "vit", "image_size": 32, "patch_size": 8, "hidden_size": 24, "num_attention_heads": 3}
    for poison in poisons(ran).values():
        hub.files.clear()
        if name == "tests/evil":
            hub.files["tests/evil/config.json"] = json.dumps(config | {"num_hidden_layers": 1}).encode()
            hub.files["tests/evil/preprocessor_config.json"] = b"{}"
        else:
            hub.add_tiny("tests/evil")
        if file == "pytorch_model.bin":
            hub.files.pop("tests/evil/model.safetensors", None)
        hub.files[f"tests/evil/{file}"] = poison
        with watched() as seen:
            if name != "tests/evil" and file == "preprocessor_config.json":
                load_model(name)  # which does not read it
            else:
                refused(name)
        assert untouched(seen, ran)
        assert "tests/evil/pytorch_model.bin" not in hub.gets()


ELSEWHERE: dict[str, dict[str, Any]] = {
    "a file": {"model_args": {"checkpoint_path": "PLACE"}},
    "another repository": {"architecture": "hf-hub:tests/other"},
    "a folder": {"architecture": "local-dir:PLACE"},
}


@pytest.mark.parametrize("kind", ELSEWHERE)
@pytest.mark.parametrize("inside", [False, True])
def test_a_configuration_cannot_have_timm_load_from_elsewhere(
    hub: Hub, ran: Path, tmp_path: Path, kind: str, inside: bool
) -> None:
    place = tmp_path / "weights.pt"
    place.write_bytes(poisons(ran)["torch"])
    config = {"model_type": "timm_wrapper", "architecture": NAME, "image_size": 160, "num_channels": 3, "num_classes": 1}
    config |= {"label_names": ["a"], "pretrained_cfg": {"input_size": [3, 160, 160]}}
    config |= json.loads(json.dumps(ELSEWHERE[kind]).replace("PLACE", str(place)))
    if inside:
        config = {"model_type": "gemma3n", "image_size": 160, "vision_config": config}
    hub.files["tests/evil/config.json"] = json.dumps(config).encode()
    hub.files["tests/evil/preprocessor_config.json"] = b"{}"
    state = timm.create_model(NAME, num_classes=0).state_dict()
    hub.files["tests/evil/model.safetensors"] = save({f"timm_model.{name}": value for name, value in state.items()})
    with watched() as seen:
        refused("tests/evil")
    assert untouched(seen, ran)
    assert str(place) not in seen.opened
    assert all(line.startswith("tests/evil/") for line in hub.gets())


PIECES = st.sampled_from(
    ["..", ".", "", "/", "\\", "etc", "passwd", "~", "%2e%2e", "file:", "http:", "127.0.0.1", "hf-hub:", "local-dir:",
     "hf_hub:", "owner", "name", "\0", "\n", " ", "@", "#", "?", "model.safetensors", "C:", "resolve/main", "é", "-", "a" * 130]
)  # fmt: skip
NAMES = st.lists(PIECES, min_size=1, max_size=7).flatmap(
    lambda pieces: st.sampled_from(["", "/", ":"]).map(lambda between: between.join(pieces))
)


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Any:
    place = tmp_path_factory.mktemp("nowhere") / "hf"
    with pytest.MonkeyPatch.context() as patch:
        point_client_at("http://127.0.0.1:9", place, patch)
        yield place


SECRETS = ("/etc/passwd", "/etc/shadow", "C:\\", "/proc/self/environ")


@given(NAMES)
def test_no_name_opens_a_file_or_asks_another_host(nowhere: Path, name: str) -> None:
    with watched() as seen, pytest.raises((WeightsError, ValueError)):
        load_model(name)
    assert not {os.path.realpath(path) for path in seen.opened} & set(SECRETS)
    assert not [path for path in seen.opened if ".." in Path(path).parts]
    assert {(host, port) for host, port, *_ in seen.asked} <= {("127.0.0.1", 9)}
    assert set(nowhere.parent.iterdir()) <= {nowhere}


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:1/x", "hf-hub:../../x",
     "hf-hub:/etc/passwd", "hf-hub:http://127.0.0.1:1/x", "local-dir:/etc", "local-dir:x", "owner/..", "../name",
     "owner/name/../../x", "~/.ssh/id_rsa"],
)  # fmt: skip
def test_a_place_is_no_name(nowhere: Path, name: str) -> None:
    with watched() as seen, pytest.raises((WeightsError, ValueError)) as error:
        load_model(name)
    assert "\n" not in str(error.value)
    assert seen.asked == [] and not [path for path in seen.opened if "etc" in Path(path).parts or ".ssh" in path]
