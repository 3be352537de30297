from __future__ import annotations

import numpy as np
import plotly.colors
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some

from attention_core.export.colour_maps import COLOUR_MAPS, colour_domain, colour_table, coloured
from tests.js.node import called


@pytest.mark.parametrize("name", COLOUR_MAPS)
def test_a_table_is_plotlys_map_in_finer_steps(name: str) -> None:
    table = colour_table(name)
    assert table.shape == (256, 3) and table.dtype == torch.uint8
    ours = table[[0, 255]].tolist()
    ends = plotly.colors.convert_colors_to_same_type(getattr(plotly.colors.sequential, name.title()), "tuple")[0]
    theirs = np.array(plotly.colors.validate_colors([ends[0], ends[-1]], "tuple")) * 255
    assert np.abs(theirs - np.array(ours)).max() < 4


def test_domains() -> None:
    weights = torch.linspace(0, 1, 1001)
    assert colour_domain(weights, "linear") == (0.0, 1.0)
    assert colour_domain(weights, "robust") == (0.0, pytest.approx(0.995))
    assert colour_domain(weights, "log") == (pytest.approx(1e-3), 1.0)
    assert colour_domain(torch.zeros(4), "robust") == (0.0, 1e-12)


@settings(max_examples=25)  # each starts Node
@given(some.lists(some.floats(0, 1, width=32), min_size=1, max_size=800), some.floats(1, 400))
def test_the_balanced_scale_hides_no_more_than_a_tenth(weights: list[float], peak: float) -> None:
    """By brute force: the lowest of all ends from the 99.5th percentile on that leave at most a tenth above them."""
    values = torch.tensor([*weights, peak])
    _, robust = colour_domain(values, "robust")
    ends = [robust, *(value for value in values.tolist() if value > robust)]
    fair = [end for end in ends if values[values > end].double().sum() <= 0.1 * values.double().sum()]
    assert colour_domain(values, "balanced") == (0.0, pytest.approx(min(fair), rel=1e-6))
    assert called("figures/colour_maps.js", "colourDomain", {"float32": values.tolist()}, "balanced")["high"] == pytest.approx(
        min(fair), rel=1e-6
    )


def test_one_patch_with_nearly_all_weight_leaves_the_others_dark() -> None:
    row = torch.full((1369,), 0.041 / 1368)
    row[700] = 0.959
    red, balanced = coloured(row, "robust", "viridis"), coloured(row, "balanced", "viridis")
    assert (red[0] == colour_table("viridis")[255]).all(), "the robust scale makes every other patch glow"
    assert (balanced[0] == colour_table("viridis")[0]).all() and (balanced[700] == colour_table("viridis")[255]).all()


@pytest.mark.parametrize("scale", ["balanced", "linear", "robust", "log"])
def test_colours_rise_with_the_weights_and_stop_at_the_ends(scale: str) -> None:
    table = {tuple(colour): step for step, colour in enumerate(colour_table("viridis").tolist())}
    steps = [table[tuple(colour)] for colour in coloured(torch.linspace(0, 1, 200), scale, "viridis").tolist()]
    assert steps == sorted(steps) and (steps[0], steps[-1]) == (0, 255)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ValueError, match=r"one of inferno, viridis, cividis, received 'jet'"):
        colour_table("jet")
    with pytest.raises(ValueError, match=r"one of balanced, robust, linear, log, received 'sqrt'"):
        colour_domain(torch.ones(1), "sqrt")
