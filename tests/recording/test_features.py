"""Recorded outputs of blocks equal what forward hooks on the same model receive, and so does the norm at its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from attention_core import AttentionRecord, record_attention
from tests.recording.feature_models import ARCHITECTURES, BATCH, Case, build


def first(output: Any) -> Tensor:
    return output if isinstance(output, Tensor) else output[0]


@dataclass
class Run:
    case: Case
    model: nn.Module
    record: AttentionRecord
    hooked: dict[str, Tensor]


@pytest.fixture(scope="module", params=ARCHITECTURES)
def ran(request: pytest.FixtureRequest) -> Run:
    """Record the model, while forward hooks on its own blocks store their outputs."""
    case = ARCHITECTURES[request.param]
    model = build(case)
    hooked: dict[str, Tensor] = {}

    def keeping(path: str) -> Callable[..., None]:
        def keep(_module: nn.Module, _args: object, output: Any) -> None:
            hooked[path] = first(output).clone()

        return keep

    handles = [model.get_submodule(path).register_forward_hook(keeping(path)) for path in case.blocks]
    with torch.inference_mode(), record_attention(features=True) as record:
        model(torch.randn(BATCH, 3, case.side, case.side))
    for handle in handles:
        handle.remove()
    return Run(case, model, record, hooked)


def test_features_equal_those_of_forward_hooks(ran: Run) -> None:
    features = {of.path: of for of in ran.record.features.values()}
    assert list(features) == ran.case.blocks
    for path, of in features.items():
        torch.testing.assert_close(of.raw, ran.hooked[path], atol=1e-6, rtol=0)


def test_normed_features_equal_the_models_own_norm(ran: Run) -> None:
    norm = ran.model.get_submodule(ran.case.norm)
    last = ran.record.features[max(ran.record.features)]
    assert last.norm_path == ran.case.norm
    for of in ran.record.features.values():
        if of.norm_path:
            with torch.inference_mode():
                expected = norm(ran.hooked[of.path])
            torch.testing.assert_close(of.normed, expected, atol=1e-6, rtol=1e-6)
            assert (of.normed - of.raw).abs().max() > 0.1
        else:
            assert of.normed is of.raw and of.raw.shape[-1] != last.raw.shape[-1], "an earlier stage has another width"


def test_each_call_has_the_features_of_its_block(ran: Run) -> None:
    for layer in ran.record:
        of = ran.record.features.get(layer.index)
        assert layer.path.startswith(f"{of.path}.") if of else layer.path in ("attn_pool", "head.attention")


def test_loading_inverts_saving_and_stores_tensors_once(ran: Run, tmp_path: Path) -> None:
    file = ran.record.save(tmp_path / "record.safetensors")
    assert file.stat().st_size < ran.record.nbytes + 10_000
    loaded = AttentionRecord.load(file)
    assert list(loaded.features) == list(ran.record.features) and loaded.nbytes == ran.record.nbytes
    for call, of in loaded.features.items():
        mine = ran.record.features[call]
        assert (of.path, of.norm_path, of.step) == (mine.path, mine.norm_path, mine.step)
        assert torch.equal(of.normed, mine.normed)
