"""The models that Regard knows by a short name, as data. Tests compare the numbers with the architectures.

Licences are those of timm's configurations; if a configuration gives none, the model's page on the hub does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

Library = Literal["Regard", "timm", "torchvision", "transformers"]
Triple = tuple[float, float, float]

HALVES: Final[Triple] = (0.5, 0.5, 0.5)
IMAGENET_MEAN: Final[Triple] = (0.485, 0.456, 0.406)
IMAGENET_STD: Final[Triple] = (0.229, 0.224, 0.225)
CLIP_MEAN: Final[Triple] = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD: Final[Triple] = (0.26862954, 0.26130258, 0.27577711)
ZEROS: Final[Triple] = (0.0, 0.0, 0.0)
ONES: Final[Triple] = (1.0, 1.0, 1.0)
CLS: Final = ("CLS",)
CLS_AND_4: Final = ("CLS", "register 1", "register 2", "register 3", "register 4")
SEE_PAGE: Final = "see the model's page"


@dataclass(frozen=True)
class ModelCard:
    """What is known of a model before it is loaded.

    architecture: the library's own name, with timm's tag of the weights. repository: the weights on the hub; "" for a model
    that needs none. parameters: their number, with the classifier; 0 if it depends on the options. patch_size: the finest
    step between tokens, in pixels. input_size: the side in pixels of the pictures in training; the model takes any multiple
    of the patch, and any shape, unless `fixed_size`. mean, std: normalise pixels of 0–1. plain: whether every layer attends
    over all prefix tokens and patches. trained: whether the weights were learned; if not, the patch size may be chosen.
    """

    name: str
    title: str
    library: Library
    architecture: str
    repository: str
    parameters: int
    licence: str
    patch_size: int
    input_size: int
    prefix_tokens: tuple[str, ...] = CLS
    mean: Triple = IMAGENET_MEAN
    std: Triple = IMAGENET_STD
    fixed_size: bool = False
    plain: bool = True
    trained: bool = True

    @property
    def default_across(self) -> int:
        """Patches along the longer side, in pictures of the size in training."""
        return self.input_size // self.patch_size

    @property
    def megabytes(self) -> int:
        """Size of the weights as float32, in millions of bytes."""
        return round(self.parameters * 4 / 1e6)


def _timm(
    name: str, title: str, architecture: str, parameters: int, licence: str, patch: int, size: int, **more: Any
) -> ModelCard:
    card = {"repository": f"timm/{architecture}", **more}
    return ModelCard(
        name, title, "timm", architecture, parameters=parameters, licence=licence, patch_size=patch, input_size=size, **card
    )


CARDS: Final = (
    ModelCard(
        "dinov2-small", "DINOv2-small", "timm", "vit_small_patch14_dinov2.lvd142m", "timm/vit_small_patch14_dinov2.lvd142m",
        parameters=22_056_192, licence="MIT", patch_size=14, input_size=518,
    ),
    ModelCard(
        "random-heads", "Random heads", "Regard", "PatchAttention", "", 0, "MIT", 16, 592, (), HALVES, HALVES, trained=False,
    ),
    ModelCard(
        "raw-patches", "Raw patches", "Regard", "PatchAttention", "", 0, "MIT", 16, 592, (), HALVES, HALVES, trained=False,
    ),
    _timm("dino-s8", "DINO ViT-S/8", "vit_small_patch8_224.dino", 21_670_272, "apache-2.0", 8, 224),
    _timm("dino-s16", "DINO ViT-S/16", "vit_small_patch16_224.dino", 21_665_664, "apache-2.0", 16, 224),
    _timm(
        "dinov2-small-registers", "DINOv2-small with registers", "vit_small_patch14_reg4_dinov2.lvd142m", 22_057_344,
        "apache-2.0", 14, 518, prefix_tokens=CLS_AND_4,
    ),
    _timm(
        "dinov3-s16", "DINOv3 ViT-S/16", "vit_small_patch16_dinov3.lvd1689m", 21_586_944, "dinov3-license", 16, 256,
        prefix_tokens=CLS_AND_4,
    ),
    _timm(
        "dinov3-b16", "DINOv3 ViT-B/16", "vit_base_patch16_dinov3.lvd1689m", 85_641_216, "dinov3-license", 16, 256,
        prefix_tokens=CLS_AND_4,
    ),
    _timm("deit3-small", "DeiT III small", "deit3_small_patch16_224.fb_in22k_ft_in1k", 22_059_496, "apache-2.0", 16, 224),
    _timm(
        "deit-small-distilled", "DeiT small, distilled", "deit_small_distilled_patch16_224.fb_in1k", 22_436_432, "apache-2.0",
        16, 224, prefix_tokens=("CLS", "distillation"),
    ),
    _timm(
        "augreg-s16", "AugReg ViT-S/16 (21k → 1k)", "vit_small_patch16_224.augreg_in21k_ft_in1k", 22_050_664, "apache-2.0",
        16, 224, mean=HALVES, std=HALVES,
    ),
    _timm(
        "clip-b16", "CLIP ViT-B/16", "vit_base_patch16_clip_quickgelu_224.openai", 86_193_152, "apache-2.0", 16, 224,
        repository="timm/vit_base_patch16_clip_224.openai", mean=CLIP_MEAN, std=CLIP_STD,
    ),
    _timm(
        "siglip-b16", "SigLIP ViT-B/16", "vit_base_patch16_siglip_224.webli", 92_884_224, "apache-2.0", 16, 224,
        prefix_tokens=(), mean=HALVES, std=HALVES,
    ),
    _timm(
        "eva02-tiny", "EVA-02 tiny", "eva02_tiny_patch14_224.mim_in22k", 5_502_144, "mit", 14, 224,
        mean=CLIP_MEAN, std=CLIP_STD,
    ),
    _timm(
        "swin-tiny", "Swin tiny", "swin_tiny_patch4_window7_224.ms_in1k", 28_288_354, "mit", 4, 224,
        prefix_tokens=(), fixed_size=True, plain=False,
    ),
    _timm(
        "maxvit-nano", "MaxViT nano", "maxvit_nano_rw_256.sw_in1k", 15_451_148, "apache-2.0", 4, 256,
        prefix_tokens=(), mean=HALVES, std=HALVES, fixed_size=True, plain=False,
    ),
    _timm(
        "mobilevit-s", "MobileViT small", "mobilevit_s.cvnets_in1k", 5_578_632, "cvnets-license", 8, 256,
        prefix_tokens=(), mean=ZEROS, std=ONES, fixed_size=True, plain=False,
    ),
    ModelCard(
        "torchvision-vit-b16", "ViT-B/16 (torchvision)", "torchvision", "vit_b_16",
        "timm/vit_base_patch16_224.augreg_in21k_ft_in1k", 86_567_656, "apache-2.0", 16, 224,
        mean=HALVES, std=HALVES, fixed_size=True,
    ),
    ModelCard(
        "google/vit-base-patch16-224", "ViT-B/16 (transformers)", "transformers", "ViTModel", "google/vit-base-patch16-224",
        86_389_248, SEE_PAGE, 16, 224, mean=HALVES, std=HALVES,
    ),
)  # fmt: skip
