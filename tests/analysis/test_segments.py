from __future__ import annotations

import importlib.util

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from attention_core.analysis.segments import segments

SIZES, WIDTH = (50, 33), 8


def pictures() -> list[torch.Tensor]:
    return [torch.randn(size, WIDTH) + 1 for size in SIZES]


@pytest.mark.parametrize("k", [1, 3, 7])
def test_segments_are_scikit_learns_on_unit_vectors_in_the_order_of_their_sizes(k: int) -> None:
    features = pictures()
    found = segments(features, k, seed=4)
    assert [len(each) for each in found] == list(SIZES) and all(each.dtype == torch.uint8 for each in found)
    labels = torch.cat(found).numpy()
    units = torch.nn.functional.normalize(torch.cat(features)).numpy()
    assert adjusted_rand_score(labels, KMeans(k, n_init=1, random_state=4).fit(units).labels_) == 1
    counts = np.bincount(labels)
    assert len(counts) == k and (np.diff(counts) <= 0).all()


def test_joint_segments_are_recovered_whatever_the_lengths() -> None:
    centres = torch.eye(3, WIDTH)
    truth = [torch.tensor([0] * 30 + [1] * 10), torch.tensor([2] * 14 + [0] * 20)]
    features = [(centres[each] + 0.05 * torch.randn(len(each), WIDTH)) * (1 + 9 * torch.rand(len(each), 1)) for each in truth]
    found = segments(features, 3)
    assert [each.tolist() for each in found] == [[0] * 30 + [2] * 10, [1] * 14 + [0] * 20]
    assert all(torch.equal(*pair) for pair in zip(found, segments(features, 3), strict=True))


def test_segments_never_outnumber_different_patches() -> None:
    assert segments([torch.ones(6, WIDTH), torch.ones(1, WIDTH)], 4)[0].tolist() == [0] * 6
    assert segments([torch.zeros(3, WIDTH)], 2)[0].tolist() == [0] * 3
    assert sorted(segments([torch.randn(2, WIDTH)], 5)[0].tolist()) == [0, 1]


def test_inputs_that_do_not_fit_give_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="k must be 1–255, received 0"):
        segments(pictures(), 0)
    with pytest.raises(ValueError, match="of one width D"):
        segments([*pictures(), torch.randn(3, 5)], 2)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match="pip install scikit-learn"):
        segments(pictures(), 2)
