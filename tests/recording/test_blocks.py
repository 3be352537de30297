"""Heads' writes into the stream, and the movement by blocks, compared with plain hooks on the same model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_core import AttentionRecord, LayerRecord, OutputProjection, contributions, head_writes, record_attention
from tests.recording.block_models import CASES, Case

BATCH = 2
MOVED = ("before", "after_attention", "after", "attention", "mlp", "cos_attention", "cos_mlp")
pytestmark = pytest.mark.filterwarnings("ignore")


@dataclass
class Run:
    """hooked: the outputs of all calls of a module, by path. given: the first input of a module, by path."""

    case: Case
    model: nn.Module
    record: AttentionRecord
    hooked: dict[str, list[Tensor]]
    given: dict[str, Tensor]

    def added(self, block: str, paths: tuple[str, ...]) -> Tensor:
        """Return the sum of the outputs of these modules of a block."""
        named = (path.partition(":") for path in paths)
        return torch.stack([self.hooked[f"{block}.{path}"][int(call or 0)] for path, _, call in named]).sum(0)

    def written(self, block: str) -> Tensor:
        """Return what attention's W_0 wrote into the stream, with the layer scale and before any norm of it alone."""
        if self.case.norm_alone:
            return self.given[f"{block}.{self.case.norm_alone}"]
        added = self.added(block, self.case.attention)
        if self.case.scale == "ls.gamma":  # for a block that scales attention and MLP together
            added = added * self.model.get_parameter(f"{block}.ls.gamma")
        return added.transpose(0, 1) if self.case.sequence_first else added

    @property
    def layers(self) -> list[tuple[LayerRecord, OutputProjection]]:
        found = [(layer, self.record.blocks[layer.index].projection) for layer in self.record]
        assert all(projection is not None for _, projection in found)
        return [(layer, projection) for layer, projection in found if projection is not None]


def run(case: Case) -> Run:
    """Record the model, while forward hooks on all its modules store their outputs."""
    model = case.model
    hooked: dict[str, list[Tensor]] = {}
    given: dict[str, Tensor] = {}

    def keeping(path: str) -> Callable[..., None]:
        def keep(_module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
            tensor = output if isinstance(output, Tensor) else output[0]
            if isinstance(tensor, Tensor):
                hooked.setdefault(path, []).append(tensor.clone())
            if args and isinstance(args[0], Tensor):
                given.setdefault(path, args[0].clone())

        return keep

    handles = [module.register_forward_hook(keeping(path)) for path, module in model.named_modules()]
    torch.manual_seed(1)
    with torch.inference_mode(), record_attention(blocks=True) as record:
        model(torch.randn(BATCH, 3, case.side, case.side))
    for handle in handles:
        handle.remove()
    return Run(case, model, record, hooked, given)


def in_one_order(tokens: Tensor) -> Tensor:
    """Return tokens (N, E) sorted by their first number."""
    return tokens[tokens[:, 0].argsort()]


@pytest.fixture(scope="module", params=CASES)
def ran(request: pytest.FixtureRequest) -> Run:
    return run(CASES[request.param])


def test_heads_writes_sum_to_the_attention_output(ran: Run) -> None:
    for layer, projection in ran.layers:
        writes = head_writes(layer, OutputProjection(projection.weight, None, None, ""), range(layer.num_queries))
        total = writes.sum(1) if projection.bias is None else writes.sum(1) + projection.bias  # (B, Nq, E)
        parent = projection.path.rpartition(".")[0]  # a module that uses W_0 without calling it as a module
        returned = ran.hooked.get(projection.path, ran.hooked[parent])[0]
        returned = returned.transpose(0, 1) if ran.case.sequence_first else returned
        total, returned = (each.flatten(0, -2) for each in (total, returned))
        if projection.path not in ran.hooked and layer.q.shape[0] != BATCH:
            total, returned = in_one_order(total), in_one_order(returned)
        torch.testing.assert_close(total, returned, atol=1e-5, rtol=1e-5)


def test_writes_times_the_layer_scale_are_added_to_the_stream(ran: Run) -> None:
    of_block: dict[str, list[Tensor]] = {}
    for layer, projection in ran.layers:
        bias = torch.zeros(len(projection.weight)) if projection.bias is None else projection.bias
        scaled = bias if projection.layer_scale is None else bias * projection.layer_scale
        writes = head_writes(layer, projection, range(layer.num_queries)).sum(1) + scaled
        of_block.setdefault(ran.record.blocks[layer.index].path, []).append(writes)
    assert list(of_block) == ran.case.blocks
    for path, parts in of_block.items():
        total, expected = (each.flatten(0, -2) for each in (torch.stack(parts).sum(0), ran.written(path)))
        if parts[0].shape[0] != BATCH:  # windows have an order of their own
            total, expected = in_one_order(total), in_one_order(expected)
        torch.testing.assert_close(total, expected, atol=1e-5, rtol=1e-5)


def test_layer_scales_and_norms_are_the_models_own(ran: Run) -> None:
    for at, (layer, projection) in enumerate(ran.layers):
        block = ran.record.blocks[layer.index].path
        norm = ran.case.norm or ran.case.norm_alone
        assert projection.norm_after == (f"{block}.{norm}" if norm else "")
        if ran.case.scale:
            own = ran.model.get_parameter(f"{block}.{ran.case.scale.format(at % 2)}")
            assert projection.layer_scale is not None and torch.equal(projection.layer_scale, own)
        else:
            assert projection.layer_scale is None
        name = "out_proj.weight" if projection.path.endswith(".out_proj") else "weight"
        own = ran.model.get_parameter(f"{projection.path.removesuffix('.out_proj')}.{name}")
        assert projection.weight.data_ptr() == own.data_ptr(), "W_0 is not copied"


def test_contributions_are_the_norms_of_heads_writes(ran: Run) -> None:
    for (layer, projection), all_of_record in zip(ran.layers, ran.record.contributions(), strict=True):
        norms = head_writes(layer, projection, range(layer.num_queries)).norm(dim=-1)
        assert norms.std() > 0.01 * norms.mean()
        torch.testing.assert_close(contributions(layer, projection), norms, atol=1e-5, rtol=1e-4)
        assert all_of_record is not None and torch.equal(all_of_record, contributions(layer, projection))


def test_moves_are_those_of_the_stream_that_hooks_see(ran: Run) -> None:
    for layer in ran.record:
        of = ran.record.blocks[layer.index]
        assert of.moves is not None, of.why_no_moves
        before, after = ran.given[of.path], ran.hooked[of.path][0]
        attention, mlp = ran.added(of.path, ran.case.attention), ran.added(of.path, ran.case.mlp)
        if ran.case.scale == "ls.gamma":
            attention, mlp = (each * ran.model.get_parameter(f"{of.path}.ls.gamma") for each in (attention, mlp))
        between = before + attention
        if ran.case.norm:
            between = ran.hooked[f"{of.path}.{ran.case.norm}"][0]
        cosines = F.cosine_similarity(before, between, dim=-1), F.cosine_similarity(between, after, dim=-1)
        norms = [each.norm(dim=-1) for each in (before, between, after, attention, mlp)]
        for name, expected in zip(MOVED, [*norms, *cosines], strict=True):
            moved = getattr(of.moves, name)
            expected = expected.T if ran.case.sequence_first else expected.flatten(1)
            assert moved.shape[0] == BATCH and moved.dtype == torch.float32
            torch.testing.assert_close(moved, expected, atol=2e-5, rtol=1e-5, msg=lambda told, name=name: f"{name}: {told}")


def test_loading_inverts_saving(ran: Run, tmp_path: Path) -> None:
    loaded = AttentionRecord.load(ran.record.save(tmp_path / "record.safetensors"))
    assert list(loaded.blocks) == list(ran.record.blocks) and loaded.nbytes == ran.record.nbytes
    for call, of in ran.record.blocks.items():
        back = loaded.blocks[call]
        assert (back.path, back.why_no_moves, back.step) == (of.path, of.why_no_moves, of.step)
        assert back.moves is not None and of.moves is not None
        assert all(torch.equal(getattr(back.moves, name), getattr(of.moves, name)) for name in MOVED)
    for mine, theirs in zip(loaded.contributions(), ran.record.contributions(), strict=True):
        torch.testing.assert_close(mine, theirs)


def test_one_image_of_a_batch_keeps_its_part(ran: Run) -> None:
    ran.record.num_images = BATCH
    one = ran.record.image(1)
    for layer in one:
        of, whole = one.blocks[layer.index], ran.record.blocks[layer.index]
        assert of.moves is not None and whole.moves is not None and torch.equal(of.moves.after, whole.moves.after[1:])
        assert of.projection is not None and of.projection.path == whole.projection.path  # type: ignore[union-attr]


def test_there_are_ten_architectures_or_more() -> None:
    assert len({name.partition(",")[0] for name in CASES}) >= 10 and len(CASES) >= 20
