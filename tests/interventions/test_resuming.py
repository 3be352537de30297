"""A pass that begins at a later block returns the result of a whole pass, and leaves the shared module unchanged."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest
import torch
from torch import Tensor, nn

from attention_core import VisionModel
from attention_core.interventions.edits import parse_edits
from attention_core.interventions.outcome import Outcome, outcome_of, run
from attention_core.interventions.resuming import NO_BLOCKS, NOT_ALIKE, Pass, resumable
from tests.interventions.cases import MODELS, picture
from tests.planted import planted


@cache
def model_of(name: str) -> VisionModel:
    return MODELS[name]()


@cache
def base_of(name: str) -> Outcome:
    return run(model_of(name), picture())


def same(one: Outcome, other: Outcome) -> bool:
    layers = zip(one.record, other.record, strict=True)
    alike = all(a.index == b.index and a.path == b.path and torch.equal(a.q, b.q) for a, b in layers)
    features = one.record.features.keys() == other.record.features.keys() and all(
        torch.equal(one.record.features[at].raw, other.record.features[at].raw) for at in one.record.features
    )
    logits = one.logits is None or other.logits is None or torch.equal(one.logits, other.logits)
    return alike and features and logits and torch.equal(one.tokens, other.tokens)


@pytest.mark.parametrize("name", MODELS)
def test_a_resumed_pass_is_a_whole_pass(name: str) -> None:
    model, base = model_of(name), base_of(name)
    assert resumable(model).why_whole == "" and resumable(model).batches
    last = len(base.record) - 1
    for text in (f"{last // 2}.1:off", f"{last}.0+1:t0.5;{last - 1}.*:even", f"{last - 1}.0:mean;0.1:off"):
        edits = parse_edits(text)
        resumed, whole = (run(model, picture(), None, edits, given) for given in (base, None))
        assert same(resumed, whole)
        assert not torch.equal(resumed.record.layers[-1].q, base.record.layers[-1].q) or not same(resumed, base)


@pytest.mark.parametrize("name", ["pre-norm", "transformers ViT", "torchvision", "Swin"])
def test_blocks_before_the_first_edit_do_not_run(name: str) -> None:
    copied, base, told = resumable(model_of(name)), base_of(name), []
    seen: list[str] = []
    begin = len(copied.calls) - 1
    path = copied.calls[0].path

    def noted(module: nn.Module, *_: object) -> None:
        seen.append(path)

    handle = copied.model.module.get_submodule(path).register_forward_pre_hook(noted)
    run(model_of(name), picture(), None, parse_edits(f"{begin}.0:off"), base, on_layer=told.append)
    assert seen == [] and told == [begin]
    run(model_of(name), picture())
    handle.remove()
    assert seen == [path]


@pytest.mark.parametrize("name", MODELS)
def test_the_shared_module_stays_unchanged(name: str) -> None:
    model = MODELS[name]()
    before = {key: tensor.clone() for key, tensor in model.module.state_dict().items()}
    attributes = {path: sorted(vars(module)) for path, module in model.module.named_modules()}
    base = run(model, picture())
    run(model, picture(), None, parse_edits("1.1:off;0.*:mean"), base)
    assert {path: sorted(vars(module)) for path, module in model.module.named_modules()} == attributes
    assert all(not module._forward_pre_hooks and "forward" not in vars(module) for module in model.module.modules())
    assert all(torch.equal(before[key], tensor) for key, tensor in model.module.state_dict().items())


def test_the_copy_shares_the_weights() -> None:
    model = planted()
    own = dict(model.module.named_parameters())
    assert all(own[name] is parameter for name, parameter in resumable(model).model.module.named_parameters())
    assert resumable(model) is resumable(model)


@pytest.mark.parametrize("name", ["pre-norm", "class attention", "Swin", "transformers ViT"])
def test_an_outcome_from_a_recording_runs_no_block(name: str) -> None:
    model = model_of(name)
    record, grid = model.record(picture(), features=True, blocks=True)
    made = outcome_of(model, picture(), record, grid)
    assert same(made, base_of(name)) and made.record is record
    record, grid = model.record(picture())
    with pytest.raises(ValueError, match="expected features of all layers, received none of 0; record with features=True"):
        outcome_of(model, picture(), record, grid)


class StopError(Exception):
    """An exception raised by a watcher."""


def test_an_exception_leaves_nothing_behind() -> None:
    model = planted()
    base = run(model, picture())

    def stop(layer: int) -> None:
        raise StopError

    for given in (base, None):
        with pytest.raises(StopError):
            run(model, picture(), None, parse_edits("1.2:off"), given, on_layer=stop)
        assert same(run(model, picture()), base)
        record, _ = model.record(picture(), features=True)
        assert torch.equal(record.features[2].raw, base.record.features[2].raw)


def test_threads_resume_at_the_same_time() -> None:
    model = planted()
    base = run(model, picture())
    texts = [f"{layer}.{head}:off" for layer in range(3) for head in range(4)] * 3
    expected = {text: run(model, picture(), None, parse_edits(text)).tokens for text in set(texts)}

    def resumed(text: str) -> Tensor:
        return run(model, picture(), None, parse_edits(text), base).tokens

    with ThreadPoolExecutor(4) as pool:
        assert all(torch.equal(found, expected[text]) for text, found in zip(texts, pool.map(resumed, texts), strict=True))


class Counting(nn.Module):
    """A block whose output depends on more than its input."""

    def __init__(self, block: nn.Module, counts: list[float]) -> None:
        super().__init__()
        self.block, self.counts = block, counts

    def forward(self, x: Tensor) -> Tensor:
        self.counts[0] += 1
        return self.block(x) + self.counts[0]


class AsATuple(nn.Module):
    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        self.block = block

    def forward(self, x: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return (self.block(x[0] if isinstance(x, tuple) else x),)


def changed(how: Callable[[nn.Module], nn.Module]) -> VisionModel:
    model = MODELS["pre-norm"]()
    for at in range(len(model.module.blocks)):
        model.module.blocks[at] = how(model.module.blocks[at])
    return model


def test_a_pass_that_cannot_be_resumed_runs_as_a_whole() -> None:
    counts = [0.0]
    assert resumable(changed(lambda block: Counting(block, counts))).why_whole == NOT_ALIKE
    tuples = changed(AsATuple)
    tuples.module.norm = nn.Sequential(First(), tuples.module.norm)
    assert resumable(tuples).why_whole == NOT_ALIKE and not resumable(tuples).batches
    edits = parse_edits("2.1:off")
    base = run(tuples, picture())
    assert same(run(tuples, picture(), None, edits, base), run(tuples, picture(), None, edits))


class First(nn.Module):
    def forward(self, x: tuple[Tensor, ...]) -> Tensor:
        return x[0]


class NoBlocks(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cut, self.attn = nn.Conv2d(3, 8, 4, 4), nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, pixels: Tensor) -> Tensor:
        tokens = self.cut(pixels).flatten(2).mT
        return self.attn(tokens, tokens, tokens, need_weights=False)[0]


def test_a_model_without_blocks_gives_a_sentence() -> None:
    model = VisionModel("none", "No blocks", NoBlocks().eval(), 4, 8, fixed_grid=(8, 8))
    assert resumable(model).why_whole == NO_BLOCKS
    with pytest.raises(ValueError, match="no features of No blocks have a known place on the image"):
        run(model, picture())


def test_a_pass_keeps_its_input_too() -> None:
    copied, base = resumable(planted()), run(planted(), picture())
    this = Pass({"blocks.0": base.record.features[0].raw}, keep=("blocks.0", "blocks.2"))
    copied.run(this, base.pixels)
    assert torch.equal(this.kept["blocks.0"], base.record.features[0].raw)
    assert torch.equal(this.kept["blocks.2"], base.record.features[2].raw)
