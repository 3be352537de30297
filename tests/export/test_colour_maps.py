from __future__ import annotations

import numpy as np
import plotly.colors
import pytest
import torch

from attention_core.export.colour_maps import COLOUR_MAPS, colour_domain, colour_table, coloured


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


@pytest.mark.parametrize("scale", ["linear", "robust", "log"])
def test_colours_rise_with_the_weights_and_stop_at_the_ends(scale: str) -> None:
    table = {tuple(colour): step for step, colour in enumerate(colour_table("viridis").tolist())}
    steps = [table[tuple(colour)] for colour in coloured(torch.linspace(0, 1, 200), scale, "viridis").tolist()]
    assert steps == sorted(steps) and (steps[0], steps[-1]) == (0, 255)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ValueError, match=r"one of inferno, viridis, cividis, received 'jet'"):
        colour_table("jet")
    with pytest.raises(ValueError, match=r"one of robust, linear, log, received 'sqrt'"):
        colour_domain(torch.ones(1), "sqrt")
