from __future__ import annotations

import pytest
import torch
from sklearn.decomposition import PCA

from attention_core.analysis.components import as_colours, foreground, principal_components

SIZES, WIDTH, COUNT = (40, 17, 28), 12, 5


def pictures() -> list[torch.Tensor]:
    mixing = torch.randn(WIDTH, WIDTH)
    return [torch.randn(size, WIDTH) @ mixing + number for number, size in enumerate(SIZES)]


def masks() -> list[torch.Tensor]:
    return [torch.rand(size) < 0.5 for size in SIZES]


@pytest.mark.parametrize("masked", [False, True])
def test_components_are_scikit_learns_with_their_signs(masked: bool) -> None:
    features, keep = pictures(), masks() if masked else None
    found = principal_components(features, COUNT, keep)
    kept = torch.cat(features if keep is None else [each[mask] for each, mask in zip(features, keep, strict=True)])
    peer = PCA(COUNT, svd_solver="full").fit(kept.double().numpy())
    torch.testing.assert_close(found.directions, torch.from_numpy(peer.components_).float(), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(found.explained, torch.from_numpy(peer.explained_variance_ratio_).float())
    for scores, each in zip(found.scores, features, strict=True):
        expected = torch.from_numpy(peer.transform(each.double().numpy())).float()
        torch.testing.assert_close(scores, expected, rtol=1e-4, atol=1e-4)


def test_a_rerun_and_another_order_of_the_patches_give_the_same_directions() -> None:
    features = pictures()
    once = principal_components(features, COUNT)
    assert torch.equal(once.directions, principal_components(features, COUNT).directions)
    turned = principal_components([each.flip(0) for each in reversed(features)], COUNT)
    torch.testing.assert_close(turned.directions, once.directions, rtol=1e-4, atol=1e-5)
    assert (once.directions.gather(1, once.directions.abs().argmax(1, keepdim=True)) > 0).all()


def test_the_foreground_is_a_side_of_the_first_component() -> None:
    features = pictures()
    scores = principal_components(features, 1).scores
    above, below = foreground(features), foreground(features, "below")
    for score, over, under in zip(scores, above, below, strict=True):
        assert torch.equal(over, score[:, 0] > 0) and torch.equal(under, ~over)
    inside = principal_components(features, COUNT, above)
    assert torch.cat([each[mask] for each, mask in zip(inside.scores, above, strict=True)]).mean(0).abs().max() < 1e-4


def test_colours_are_joint_percentiles_and_black_outside_the_masks() -> None:
    scores, keep = [each[:, :COUNT] for each in pictures()], masks()
    found = as_colours(scores, keep)
    kept = torch.cat([each[mask] for each, mask in zip(scores, keep, strict=True)])[:, :3].double()
    low, high = kept.quantile(0.01, dim=0), kept.quantile(0.99, dim=0)
    for colours, each, mask in zip(found, scores, keep, strict=True):
        assert colours.dtype == torch.uint8 and colours.shape == (len(each), 3) and not colours[~mask].any()
        expected = 255 * (each[:, :3].double() - low) / (high - low)
        torch.testing.assert_close(colours[mask].double(), expected.clamp(0, 255).round()[mask])
    assert torch.cat(as_colours(scores)).amax(0).tolist() == [255] * 3


def test_grey_and_tiny_pictures_give_numbers() -> None:
    grey = [torch.full((6, WIDTH), 0.3), torch.full((1, WIDTH), 0.3)]
    found = principal_components(grey, COUNT)
    assert not found.explained.any() and not torch.cat(found.scores).any() and found.directions.isfinite().all()
    assert not torch.cat(foreground(grey)).any()
    assert (torch.cat(as_colours(found.scores)) == 128).all()
    assert principal_components([torch.randn(1, WIDTH)]).scores[0].isfinite().all()


def test_inputs_that_do_not_fit_give_a_sentence() -> None:
    features = pictures()
    with pytest.raises(ValueError, match="of one width D"):
        principal_components([*features, torch.randn(4, 3)])
    with pytest.raises(ValueError, match="of one width D"):
        principal_components([])
    with pytest.raises(ValueError, match=r"count must be 1–12.*received 13"):
        principal_components(features, 13)
    with pytest.raises(ValueError, match="take the other side"):
        principal_components(features, COUNT, [torch.zeros(size, dtype=torch.bool) for size in SIZES])
    with pytest.raises(ValueError, match=r"of \[\(40,\), \(17,\), \(28,\)\] patches"):
        principal_components(features, COUNT, masks()[:2])
    with pytest.raises(ValueError, match="above or below, received 'left'"):
        foreground(features, "left")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="three components or more, received 2"):
        as_colours([torch.randn(5, 2)])
