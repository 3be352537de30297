"""How alike patches are: the cosine of the angle between their features, with what all patches share taken out on request."""

from __future__ import annotations

from typing import Final, Literal, get_args

import torch
from torch import Tensor

from attention_core.images.patch_grid import PatchGrid

How = Literal["as it is", "mean", "position"]
HOW: Final = get_args(How)
ROUNDING: Final = 1e-6
"""What cleaning leaves of a patch, as a share of its length, that counts as nothing: it is the rounding of float32."""
OUTLYING_TIMES: Final = 3.0


def cosine_similarity(a: Tensor, b: Tensor) -> Tensor:
    """The cosines (N, M), −1 to 1, between features a (N, D) and b (M, D): 1 is the same direction.

    As dense descriptors of a Vision Transformer are compared by Amir et al. 2021, "Deep ViT Features as Dense Visual
    Descriptors". Features that are all 0 point nowhere: their similarity to anything is 0.

    Raises:
        ValueError: where a and b are not two matrices of the same width.
    """
    require_same_width(a, b)
    return (unit_vectors(a) @ unit_vectors(b).T).clamp_(-1, 1)


def unit_vectors(features: Tensor) -> Tensor:
    """The features (N, D) at length 1, in float32 or wider; those that are all 0 stay 0."""
    features = features.to(torch.promote_types(features.dtype, torch.float32))
    lengths: Tensor = torch.linalg.vector_norm(features, dim=-1, keepdim=True)
    return features / lengths.masked_fill(lengths == 0, 1)


def cleaned(features: Tensor, grid: PatchGrid, how: How = "as it is") -> Tensor:
    """The features (N, D) of a grid's patches without what they share, (N, D) in float32 or wider.

    "mean" subtracts the mean over the patches. "position" leaves what least squares does not explain by 1, r, c, r², c², r·c,
    where r and c are the row and column of a patch's centre from −1 to 1: the smooth part of the artefacts that position
    embeddings leave in features (Yang et al. 2024, "Denoising Vision Transformers"; the polynomial is ours). It takes
    with it whatever of the picture changes as smoothly. Sums are taken in float64. What is left of a patch below ROUNDING of
    its length is 0, so that a picture of one grey has no similarities made of rounding.

    Raises:
        ValueError: where there are not as many features as patches, or `how` is none that there is.
    """
    if how not in HOW:
        raise ValueError(f"how must be one of {', '.join(HOW)}; received {how!r}")
    if features.ndim != 2 or len(features) != grid.num_patches:
        raise ValueError(f"expected features ({grid.num_patches}, D) for {grid}, received {tuple(features.shape)}")
    dtype = torch.promote_types(features.dtype, torch.float32)
    if how == "as it is":
        return features.to(dtype)
    wide = features.double()
    shared = _smooth(grid, features.device) if how == "position" else wide.new_full((len(wide), 1), len(wide) ** -0.5)
    left = wide - shared @ (shared.T @ wide)
    nothing = torch.linalg.vector_norm(left, dim=1) <= ROUNDING * torch.linalg.vector_norm(wide, dim=1)
    return left.masked_fill(nothing[:, None], 0).to(dtype)


def _smooth(grid: PatchGrid, device: torch.device) -> Tensor:
    """An orthonormal basis (N, up to 6) of the polynomials of second degree on the grid; fewer on a few rows or columns."""
    rows, cols = (2 * (torch.arange(n, device=device).double() + 0.5) / n - 1 for n in (grid.rows, grid.cols))
    r, c = (each.flatten() for each in torch.meshgrid(rows, cols, indexing="ij"))
    basis: Tensor
    basis, sizes, _ = torch.linalg.svd(torch.stack([torch.ones_like(r), r, c, r * r, c * c, r * c], 1), full_matrices=False)
    return basis[:, sizes > 1e-9 * sizes[0]]


def outliers(features: Tensor) -> Tensor:
    """Which patches are longer than OUTLYING_TIMES the median patch, (N) bool, of raw features (N, D).

    Large models keep global information in few patches of high norm, in places where a picture has little to say (Darcet et al.
    2024, "Vision Transformers Need Registers", section 2): what resembles them says little of what they show. Darcet et al.
    read a limit of 150 off the histogram of DINOv2-g; a multiple of the median serves every model, and 3 is ours. A norm layer
    makes all patches about as long, so of features that went through one it finds none.
    """
    lengths: Tensor = torch.linalg.vector_norm(features.float(), dim=-1)
    return lengths > OUTLYING_TIMES * lengths.median()


def require_same_width(*features: Tensor) -> None:
    """Raises ValueError unless all are matrices (N, D) with patches and of one D."""
    shapes = [tuple(each.shape) for each in features]
    if not shapes or any(len(shape) != 2 or not shape[0] or shape[1] != shapes[0][1] for shape in shapes):
        raise ValueError(f"expected features (patches, D) of one width D, one patch or more; received {shapes}")
