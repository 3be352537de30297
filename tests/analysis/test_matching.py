from __future__ import annotations

import math

import pytest
import torch

from attention_core.analysis.matching import match
from attention_core.analysis.similarity import cosine_similarity

N, M, WIDTH = 31, 19, 6


@pytest.mark.parametrize("block", [1 << 21, 1])
def test_matches_are_those_of_a_loop(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attention_core.analysis.matching.BLOCK_ELEMENTS", block)
    a, b = torch.randn(N, WIDTH), torch.randn(M, WIDTH)
    found = match(a, b)
    cosines = cosine_similarity(a, b).tolist()
    sides = [
        (cosines, found.forward, found.similarity, found.second),
        (
            [list(column) for column in zip(*cosines, strict=True)],
            found.backward,
            found.backward_similarity,
            found.backward_second,
        ),
    ]
    for rows, best, similarity, second in sides:
        assert best.tolist() == [row.index(max(row)) for row in rows]
        torch.testing.assert_close(similarity, torch.tensor([max(row) for row in rows]))
        torch.testing.assert_close(second, torch.tensor([sorted(row)[-2] for row in rows]))
    mutual = [found.backward.tolist()[best] == patch for patch, best in enumerate(found.forward.tolist())]
    assert found.mutual.tolist() == mutual and 0 < sum(mutual) < N


def test_the_ratio_is_that_of_distances() -> None:
    a, b = torch.randn(N, WIDTH), torch.randn(M, WIDTH)
    unit_a, unit_b = (torch.nn.functional.normalize(each.double()) for each in (a, b))
    nearest = torch.cdist(unit_a, unit_b).topk(2, largest=False).values
    torch.testing.assert_close(match(a, b).ratio.double(), nearest[:, 0] / nearest[:, 1], rtol=1e-4, atol=1e-5)


def test_a_permutation_is_found() -> None:
    a, order = torch.randn(N, WIDTH), torch.randperm(N)
    found = match(a, a[order])
    assert order[found.forward].tolist() == list(range(N)) and found.mutual.all()
    torch.testing.assert_close(found.similarity, torch.ones(N))
    assert (found.ratio < 0.01).all()


@pytest.mark.parametrize("block", [1 << 21, 1])
def test_the_first_of_equals_matches_and_the_ratio_cannot_separate_them(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attention_core.analysis.matching.BLOCK_ELEMENTS", block)
    grey = torch.eye(WIDTH)[:1].expand(N, WIDTH)
    found = match(grey, grey[:M])
    assert not found.forward.any() and not found.backward.any()
    assert found.mutual.nonzero()[:, 0].tolist() == [0] and torch.equal(found.ratio, torch.ones(N))


def test_one_patch_has_no_second_match() -> None:
    found = match(torch.eye(2)[:1], torch.eye(2)[:1] + torch.eye(2)[1:])
    assert found.forward.tolist() == found.backward.tolist() == [0]
    assert found.second.tolist() == found.backward_second.tolist() == [-1]
    assert found.ratio.item() == pytest.approx(math.sqrt(2 - math.sqrt(2)) / 2)


def test_inputs_that_do_not_fit_give_a_sentence() -> None:
    with pytest.raises(ValueError, match="of one width D"):
        match(torch.randn(3, 4), torch.randn(3, 5))
    with pytest.raises(ValueError, match="one patch or more"):
        match(torch.randn(0, 4), torch.randn(3, 4))
