import pickle
import re
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save
from torchvision.models import vit_b_16

from attention_core import WeightsError, load_model
from attention_core.models import timm_models, torchvision_models
from attention_core.models.checkpoints import DamagedError, PickledError, conversion, read_checkpoint, require_safetensors

NAME = "test_vit"


@pytest.fixture(scope="module")
def module() -> torch.nn.Module:
    torch.manual_seed(5)
    return timm.create_model(NAME, num_classes=7).eval()


@pytest.fixture(scope="module")
def content(module: torch.nn.Module) -> bytes:
    return save(module.state_dict())


def refused(**options: object) -> str:
    with pytest.raises(WeightsError) as caught:
        load_model(NAME, **options)
    message = str(caught.value)
    assert message.endswith(".") and ". " not in message and "\n" not in message
    return message


@pytest.mark.parametrize("how", ["bytes", "path", "text"])
def test_a_checkpoint_is_loaded_with_a_classifier_of_its_own_size(
    how: str, module: torch.nn.Module, content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "mine.safetensors"
    path.write_bytes(content)
    model = load_model(NAME, checkpoint={"bytes": content, "path": path, "text": str(path)}[how])
    assert all(torch.equal(value, module.state_dict()[name]) for name, value in model.module.state_dict().items())
    assert model.source == ("your checkpoint" if how == "bytes" else "mine.safetensors")
    assert model.licence == "unknown: your checkpoint"
    pixels = torch.randn(1, 3, 160, 160)
    with torch.inference_mode():
        torch.testing.assert_close(model.module(pixels), module(pixels))


def test_a_checkpoint_without_a_classifier_is_loaded(module: torch.nn.Module) -> None:
    state = {name: tensor for name, tensor in module.state_dict().items() if not name.startswith("head")}
    assert load_model(NAME, checkpoint=save(state)).module.num_classes == 0


def test_a_checkpoint_of_another_picture_size_is_interpolated_as_timm_does() -> None:
    other = timm.create_model(NAME, num_classes=7, img_size=224)
    model = load_model(NAME, checkpoint=save(other.state_dict()))
    assert model.module.pos_embed.shape[1] == 101


MISFITS = {
    "fewer": ["blocks.1.attn.qkv.weight (192 × 64) is missing"],
    "more": ["blocks.77.attn.qkv.weight (3) is none of its tensors"],
    "wider": ["norm.weight is (3) where (64) was expected"],
}
WAY_OUT = "; give those that were saved from it."


def changed(module: torch.nn.Module, *changes: str) -> bytes:
    state = dict(module.state_dict())
    if "fewer" in changes:
        del state["blocks.1.attn.qkv.weight"]
    if "more" in changes:
        state["blocks.77.attn.qkv.weight"] = torch.zeros(3)
    if "wider" in changes:
        state["norm.weight"] = torch.zeros(3)
    return save(state)


@pytest.mark.parametrize("change", MISFITS)
def test_weights_of_another_model_are_refused_by_name_and_shape(change: str, module: torch.nn.Module) -> None:
    assert refused(checkpoint=changed(module, change)) == f"The weights do not fit test_vit: {MISFITS[change][0]}{WAY_OUT}"


def test_all_kinds_of_misfits_are_named_the_shapes_first(module: torch.nn.Module) -> None:
    first, second, third = MISFITS["wider"][0], MISFITS["more"][0], MISFITS["fewer"][0]
    assert refused(checkpoint=changed(module, *MISFITS)).endswith(f": {first}, {second} and {third}{WAY_OUT}")


def test_the_first_misfits_are_named_and_the_others_counted(module: torch.nn.Module) -> None:
    other = timm.create_model(NAME, embed_dim=96, num_heads=3, num_classes=7).state_dict()
    count = sum(tensor.shape != module.state_dict()[name].shape for name, tensor in other.items())
    message = refused(checkpoint=save(other))
    width = "cls_token is (1 × 1 × 96) where (1 × 1 × 64) was expected, pos_embed is (1 × 101 × 96) where (1 × 101 × 64)"
    assert f": {width}" in message
    assert message.endswith(f" and {count - 3} more tensors do not fit{WAY_OUT}")


def test_resampled_weights_are_not_a_misfit() -> None:
    other = timm.create_model(NAME, num_classes=7, img_size=224)
    assert refused(checkpoint=changed(other, "wider")) == f"The weights do not fit test_vit: {MISFITS['wider'][0]}{WAY_OUT}"


def test_an_optional_counter_is_not_a_misfit() -> None:
    state = {name: tensor for name, tensor in timm.create_model("test_resnet").state_dict().items() if "tracked" not in name}
    with pytest.raises(WeightsError) as caught:
        timm_models.build_module("test_resnet", state | {"more": torch.zeros(3)})
    assert str(caught.value) == f"The weights do not fit test_resnet: more (3) is none of its tensors{WAY_OUT}"


def test_a_name_is_not_markup(module: torch.nn.Module) -> None:
    state = dict(module.state_dict()) | {f"![x](http://a)*<b>\n{'y' * 300}": torch.zeros(3)}
    (name,) = re.findall(r"test_vit: (\S+) \(3\) is none of its tensors", refused(checkpoint=save(state)))
    assert len(name) == 80 and not set("![]()<>*:/") & set(name)


def test_weights_of_another_kind_of_model_are_refused_by_name() -> None:
    message = refused(checkpoint=save(timm.create_model("test_resnet").state_dict()))
    assert "is none of its tensors" in message and "more tensors do not fit" in message


@pytest.mark.parametrize("suffix", [".bin", ".pt", ".pth", ".ckpt", ".npz", ""])
def test_files_that_could_run_code_are_not_opened(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"weights{suffix}"
    torch.save({"a": torch.zeros(1)}, path)
    assert "not safetensors" in refused(checkpoint=path) and "run code" in refused(checkpoint=path)


class Trap:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return pytest.fail, ("the pickle was run",)


def test_a_pickle_by_another_name_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "trap.safetensors"
    path.write_bytes(pickle.dumps(Trap()))
    assert "damaged or no safetensors" in refused(checkpoint=path)
    assert "not safetensors" in refused(checkpoint=path.read_bytes())


def test_the_advice_for_converting_pickles_works(
    module: torch.nn.Module, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = module.state_dict() | {"tied": module.norm.weight, "turned": torch.arange(6.0).view(2, 3).T}
    monkeypatch.chdir(tmp_path)
    torch.save(state, "it's mine.v2.pth")
    with pytest.raises(PickledError):
        require_safetensors(Path("it's mine.v2.pth").read_bytes(), "it's mine.v2.pth")
    exec(conversion("it's mine.v2.pth"), {})
    converted = Path("it's mine.v2.safetensors").read_bytes()
    require_safetensors(converted, "it's mine.v2.safetensors")
    read = read_checkpoint(converted)
    assert read.keys() == state.keys() and all(torch.equal(read[name], state[name]) for name in state)


@pytest.mark.parametrize("content", [b"", b"GGUF\3\0\0\0", b"\x89HDF\r\n\x1a\n" * 9, b"\x10\0\0\0\0\0\0\0{", b"{}" * 90])
def test_other_formats_are_recognised_by_their_first_bytes(content: bytes) -> None:
    with pytest.raises(DamagedError, match=r"mine\.safetensors is damaged or no safetensors file"):
        require_safetensors(content, "mine.safetensors")


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_damaged_absent_or_not_finite_checkpoints_are_one_sentence(
    module: torch.nn.Module, content: bytes, tmp_path: Path
) -> None:
    assert "damaged" in refused(checkpoint=content[:-1])
    assert "damaged" in refused(checkpoint=b"")
    assert "absent.safetensors does not exist" in refused(checkpoint=tmp_path / "absent.safetensors")
    assert "folder.safetensors cannot be read" in refused(checkpoint=folder(tmp_path / "folder.safetensors"))
    state = dict(module.state_dict())
    state["norm.bias"] = state["norm.bias"] / 0
    assert "not finite, in norm.bias" in refused(checkpoint=save(state))


def test_integers_are_accepted() -> None:
    assert set(read_checkpoint(save({"count": torch.tensor([3])}))) == {"count"}


def test_torchvisions_vit_with_timms_weights_computes_what_timms_does() -> None:
    torch.manual_seed(0)
    timms = timm.create_model("vit_base_patch16_224", depth=12).eval()
    for parameter in timms.parameters():
        parameter.data.add_(0.01 * torch.randn_like(parameter))
    content = timms.state_dict()
    torchvisions = torchvision_models.build_vit_b16(content)
    pixels = torch.randn(1, 3, 224, 224)
    with torch.inference_mode():
        torch.testing.assert_close(torchvisions(pixels), timms(pixels), atol=1e-4, rtol=1e-4)


def test_a_checkpoint_for_torchvisions_vit_is_used() -> None:
    with torch.device("meta"):
        own = vit_b_16(weights=None).state_dict()
    content = save({name: torch.zeros_like(tensor, device="cpu", dtype=torch.float16) for name, tensor in own.items()})
    model = load_model("torchvision-vit-b16", checkpoint=content)
    assert (model.source, model.licence, model.library) == ("your checkpoint", "unknown: your checkpoint", "torchvision")
    assert model.module.class_token.dtype == torch.float32


def test_torchvisions_own_names_are_taken_and_others_refused() -> None:
    with torch.device("meta"):
        own, timms = vit_b_16(weights=None).state_dict(), timm.create_model("vit_base_patch16_224").state_dict()
    assert set(torchvision_models.renamed(timms)) == set(own)
    zeros = {name: torch.zeros_like(tensor, device="cpu") for name, tensor in own.items()}
    assert torchvision_models.build_vit_b16(zeros).class_token.sum() == 0
    says = (
        r"do not fit torchvision's vit_b_16: class_token is \(1\) where \(1 × 1 × 768\) was expected, .* and 149 more tensors"
    )
    with pytest.raises(WeightsError, match=says):
        torchvision_models.build_vit_b16({"cls_token": torch.zeros(1)})


def test_a_small_file_takes_no_memory_for_a_large_architecture(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    monkeypatch.setattr("attention_core.models.timm_models.build_module", lambda name, *_, **__: built.append(name))
    says = r"do not fit vit_giant_patch14_dinov2: cls_token is \(1 × 1 × 64\) where \(1 × 1 × 1536\) was expected"
    with pytest.raises(WeightsError, match=says):
        load_model("vit_giant_patch14_dinov2", checkpoint=content)
    assert built == []
