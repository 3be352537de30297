import importlib.util
import json
import re
from pathlib import Path

import pytest
import timm
import torch

from attention_core.models import ModelInfo, available_models, catalogue, load_model, model_info, registered_models
from attention_core.models.registry import CARDS, SEE_PAGE, ModelCard

TIMM = [card for card in CARDS if card.library == "timm" and card.name != "dinov2-small"]


def test_the_models_that_need_no_hub_come_first_and_stay_the_same() -> None:
    assert [info.name for info in available_models()] == ["dinov2-small", "random-heads", "raw-patches"]
    assert [info.title for info in available_models()] == ["DINOv2-small", "Random heads", "Raw patches"]
    assert [info.trained for info in available_models()] == [True, False, False]
    assert registered_models()[:3] == available_models()


def test_names_and_titles_are_unique_and_each_has_a_card() -> None:
    for told_apart in (lambda info: info.name, lambda info: info.title):
        assert len({told_apart(info) for info in registered_models()}) == len(CARDS) == len(registered_models())
    assert all(info.card is not None and info.title == info.card.title for info in registered_models())


def test_every_model_of_the_plan_is_there() -> None:
    titles = " | ".join(card.title for card in CARDS)
    for wanted in (
        "DINO ViT-S/8", "DINO ViT-S/16", "DINOv2-small with registers", "DINOv3 ViT-S/16", "DINOv3 ViT-B/16", "DeiT III",
        "AugReg", "CLIP", "SigLIP", "EVA-02", "Swin", "MaxViT", "MobileViT", "torchvision", "transformers",
    ):  # fmt: skip
        assert wanted in titles


@pytest.mark.parametrize("card", TIMM, ids=lambda card: card.name)
def test_a_card_agrees_with_timms_configuration(card: ModelCard) -> None:
    config = timm.models.get_pretrained_cfg(card.architecture, allow_unregistered=False)
    assert card.repository == config.hf_hub_id
    assert card.licence == config.license
    assert (3, card.input_size, card.input_size) == config.input_size
    assert (card.mean, card.std) == (config.mean, config.std)


@pytest.mark.parametrize("card", TIMM, ids=lambda card: card.name)
def test_the_number_of_parameters_is_that_of_the_architecture(card: ModelCard) -> None:
    with torch.device("meta"):
        module = timm.create_model(card.architecture)
    assert sum(parameter.numel() for parameter in module.parameters()) == card.parameters


def test_the_number_of_parameters_of_the_default_and_of_torchvisions() -> None:
    from torchvision.models import vit_b_16

    cards = {card.name: card for card in CARDS}
    with torch.device("meta"):
        default = timm.create_model(cards["dinov2-small"].architecture, num_classes=0)
        torchvisions = vit_b_16(weights=None)
    for module, name in ((default, "dinov2-small"), (torchvisions, "torchvision-vit-b16")):
        assert sum(parameter.numel() for parameter in module.parameters()) == cards[name].parameters
    assert cards["dinov2-small"].megabytes == 88


@pytest.mark.skipif(importlib.util.find_spec("transformers") is None, reason="transformers is an optional extra")
def test_the_number_of_parameters_of_transformers() -> None:
    import transformers

    card = next(card for card in CARDS if card.library == "transformers")
    with torch.device("meta"):
        module = transformers.ViTModel(transformers.ViTConfig())
    assert sum(parameter.numel() for parameter in module.parameters()) == card.parameters and card.licence == SEE_PAGE


def test_a_typed_name_has_no_card_and_may_be_anything() -> None:
    name = "hf-hub:somebody/something"
    info = model_info(name)
    assert isinstance(info, ModelInfo)
    assert (info.name, info.title, info.trained, info.free_patch_size, info.card) == (name, name, True, False, None)


@pytest.mark.parametrize("name", ["vit_smal_patch16_224", "vit_small_patch16_224.no_such_tag", "resnet", "", "."])
def test_an_unknown_name_is_refused_with_suggestions(name: str) -> None:
    with pytest.raises(ValueError, match=f"unknown model {re.escape(repr(name))}; expected a name of timm's") as caught:
        load_model(name)
    assert "hf-hub:owner/name" in str(caught.value)
    if name.startswith("vit"):
        assert "such as vit_small_patch16_224" in str(caught.value)


@pytest.mark.parametrize("name", ["torchvision-vit-b16", "google/vit-base-patch16-224"])
@pytest.mark.parametrize("option", [{"patch_size": 8}, {"stride": 8}])
def test_patches_of_other_libraries_cannot_be_changed(name: str, option: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="plain timm ViTs only"):
        load_model(name, **option)


def test_a_checkpoint_for_transformers_is_refused() -> None:
    with pytest.raises(ValueError, match="timm and torchvision"):
        load_model("google/vit-base-patch16-224", checkpoint=b"")


def test_no_name_in_the_registry_is_a_path() -> None:
    text = json.dumps([vars(card) for card in CARDS])
    assert "http" not in text and str(Path.home()) not in text


@pytest.mark.parametrize("name", [None, 3, b"dinov2-small"])
def test_a_name_must_be_a_string(name: object) -> None:
    with pytest.raises(ValueError, match="a model is loaded by its name, such as 'dinov2-small', received"):
        load_model(name)


def test_a_name_without_a_card_is_still_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalogue._OWN, "no-card", catalogue._OWN["raw-patches"])
    assert catalogue.available_models()[-1].title == "no-card"
    assert catalogue.load_model("no-card", patch_size=8).patch_size == 8
