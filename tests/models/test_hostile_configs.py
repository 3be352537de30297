"""Configurations on the hub are untrusted: each gives a model or one sentence, and takes only the memory of its weights."""

from __future__ import annotations

import json
import resource
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings

from attention_core import load_model
from attention_core.models import loading
from attention_core.models.weights import WeightsError
from tests.damaged import files
from tests.models.conftest import TINY_CONFIG, TINY_NAME, Hub, picture, served

MOST_MEMORY: Final = 500
"""MB that all of these may take in addition to the memory in use before."""
EXAMPLES: Final = [15, pytest.param(500, marks=pytest.mark.nightly)]
OF_TRANSFORMERS: Final[dict[str, dict[str, Any]]] = {
    "ViT": {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 30}
    | {"image_size": 32, "patch_size": 8},
    "Swin": {"embed_dim": 12, "depths": [1, 2], "num_heads": [2, 3], "image_size": 32, "patch_size": 4, "window_size": 4},
}
pytestmark = pytest.mark.filterwarnings("ignore")  # warnings of the libraries about such configurations


def peak() -> float:
    """Return the peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def loads_or_says_why(name: str) -> None:
    try:
        model = load_model(name)
    except WeightsError as error:
        said = str(error)
        assert said.endswith(".") and "\n" not in said and ". " not in said, said
        return
    record, grid = model.record(picture(), None if model.fixed_grid else 7)
    assert record.layers and grid.rows > 0


def from_folder(hub: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the hub's client: the files come from the folder."""
    for name, body in hub.files.items():
        (folder / Path(name).name).write_bytes(body)
    monkeypatch.setattr(loading, "fetch", lambda repository, name, quiet: folder / name)


def hold(folder: Path, name: str, file: str, valid: Any, examples: int) -> None:
    """Test the loader with damaged content in place of the valid file."""
    before = peak()

    @given(files(valid))
    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    def holds(body: bytes) -> None:
        (folder / file).write_bytes(body)
        loads_or_says_why(name)

    holds()
    assert peak() < before + MOST_MEMORY


@pytest.mark.parametrize("examples", EXAMPLES)
def test_a_timm_configuration_is_untrusted(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, examples: int) -> None:
    hub.add_tiny()
    from_folder(hub, tmp_path, monkeypatch)
    hold(tmp_path, TINY_NAME, "config.json", TINY_CONFIG, examples)


@pytest.mark.parametrize("examples", EXAMPLES)
@pytest.mark.parametrize("file", ["config.json", "preprocessor_config.json"])
@pytest.mark.parametrize("kind", ["ViT", "Swin"])
def test_a_configuration_of_transformers_is_untrusted(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, file: str, examples: int
) -> None:
    transformers = pytest.importorskip("transformers", reason="transformers is an optional extra")
    config = getattr(transformers, f"{kind}Config")(**OF_TRANSFORMERS[kind])
    for name, body in served(config, getattr(transformers, f"{kind}Model")(config)).items():
        hub.files[f"tests/vision/{name}"] = body
    from_folder(hub, tmp_path, monkeypatch)
    hold(tmp_path, "tests/vision", file, json.loads((tmp_path / file).read_text()), examples)
