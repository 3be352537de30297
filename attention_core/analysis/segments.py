"""Patches in groups of their like, jointly over pictures: k-means."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from torch import Tensor

from attention_core.analysis.similarity import require_same_width, unit_vectors

MAX_SEGMENTS: Final = 255


def segments(features: Sequence[Tensor], k: int, seed: int = 0) -> list[Tensor]:
    """For every picture (N_i) uint8: the number of each patch's segment, 0 the largest over all pictures.

    The k-means of scikit-learn, on unit vectors (Amir et al. 2021 cluster descriptors of Vision
    Transformers in this way). The same features, k and seed give the same segments. Where there are fewer different patches
    than k, there are only as many segments.

    Args:
        features: for every picture (N_i, D).
        k: how many segments, 1 to MAX_SEGMENTS.
        seed: of the first centres.

    Raises:
        ImportError: where scikit-learn is not installed.
        ValueError: where the widths differ, or k is out of range.
    """
    if importlib.util.find_spec("sklearn") is None:
        raise ImportError("segments need scikit-learn: run `pip install scikit-learn`")
    from sklearn.cluster import KMeans

    require_same_width(*features)
    if not 1 <= k <= MAX_SEGMENTS:
        raise ValueError(f"k must be 1–{MAX_SEGMENTS}, received {k}")
    patches = unit_vectors(torch.cat(list(features))).cpu().numpy()
    found = KMeans(min(k, len(np.unique(patches, axis=0))), n_init=1, random_state=seed).fit(patches).labels_
    order = np.argsort(-np.bincount(found), kind="stable")
    labels = torch.from_numpy(np.argsort(order)[found].astype(np.uint8))
    return list(torch.split(labels, [len(each) for each in features]))
