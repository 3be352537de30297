"""The door sees calls on every way into torch, in one thread only, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from threading import Barrier, Event, Thread
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention as imported_by_name

from attention_core import AttentionRecord, record_attention
from attention_core.capture import door
from attention_core.capture.call_signatures import AttentionCall
from attention_core.capture.seen import SeenWeights, Unseen
from attention_core.capture.watcher import Where
from tests.asynchronous import run

FUNCTIONS = {
    "by its module": lambda q, k, v: F.scaled_dot_product_attention(q, k, v),
    "imported by name": lambda q, k, v: imported_by_name(q, k, v, scale=0.3),
    "from inside torch": lambda q, k, v: torch._C._nn.scaled_dot_product_attention(q, k, v),
    "as an operator": lambda q, k, v: torch.ops.aten.scaled_dot_product_attention(q, k, v),
    "kept in a variable": partial(F.scaled_dot_product_attention, is_causal=True),
}


def qkv() -> tuple[Tensor, Tensor, Tensor]:
    q, k, v = torch.randn(3, 1, 2, 5, 4)
    return q, k, v


def is_clean() -> bool:
    """Return True if torch is unchanged: no mode, no hooks, no stance, its own functions, and its fast path on."""
    own = F.scaled_dot_product_attention is torch._C._nn.scaled_dot_product_attention
    modes = torch._C._len_torch_function_stack()
    hooks = [*nn.modules.module._global_forward_hooks, *nn.modules.module._global_forward_pre_hooks]
    return own and modes == 0 and not hooks and torch.backends.mha.get_fastpath_enabled() and not door._EAGER._stance


@pytest.mark.parametrize("way", FUNCTIONS)
def test_a_call_is_seen_once_on_every_way(way: str) -> None:
    q, k, v = qkv()
    alone = FUNCTIONS[way](q, k, v)
    with record_attention() as record:
        watched = FUNCTIONS[way](q, k, v)
    (layer,) = record.layers
    assert torch.equal(alone, watched)
    assert layer.q.equal(q) and layer.is_causal == (way == "kept in a variable")
    assert layer.scale == (0.3 if way == "imported by name" else 0.5)
    torch.testing.assert_close(layer.weights() @ v, watched)
    assert is_clean()


class Stored(nn.Module):
    """Calls a function that it stored when it was built."""

    def __init__(self) -> None:
        super().__init__()
        self.attend = F.scaled_dot_product_attention

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return self.attend(q, k, v)


class Scripted(nn.Module):
    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(q, k, v)


def test_a_function_stored_by_a_module_is_seen() -> None:
    with record_attention() as record:
        Stored()(*qkv())
    assert [layer.path for layer in record.layers] == ["Stored"]


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_a_scripted_model_still_runs_and_is_named() -> None:
    q, k, v = qkv()
    module = torch.jit.script(Scripted())
    with record_attention() as record:
        output = module(q, k, v)
    torch.testing.assert_close(output, F.scaled_dot_product_attention(q, k, v))
    assert record.layers == [] and "scripted" in record.unseen[0].reason
    with pytest.raises(ValueError, match="record the module that was scripted"):
        record.require()


def test_an_exported_model_is_seen() -> None:
    q, k, v = qkv()
    exported = torch.export.export(Scripted(), (q, k, v)).module()
    with record_attention() as record:
        output = exported(q, k, v)
    (layer,) = record.layers
    torch.testing.assert_close(layer.weights() @ v, output)


def test_other_threads_still_run_while_one_records() -> None:
    """While this thread records, another thread uses torch's attention. The two recordings may stop in any order."""
    module = nn.MultiheadAttention(8, 2, batch_first=True).eval()
    x = torch.randn(1, 5, 8)
    expected, found = module(x, x, x)[0], {}
    started, stopped = Barrier(3), Barrier(3)

    def work(name: str, records: bool) -> None:
        if not records:
            started.wait()
            found[name] = module(x, x, x)[0]
            stopped.wait()
            return
        with record_attention() as record:
            module(x, x, x)
            started.wait()
            stopped.wait()
            module(x, x, x)
        found[name] = record

    threads = [Thread(target=work, args=(name, name != "plain")) for name in ("plain", "recording")]
    for thread in threads:
        thread.start()
    with record_attention() as mine:
        started.wait()
        stopped.wait()
    module(x, x, x)
    for thread in threads:
        thread.join()
    torch.testing.assert_close(found["plain"], expected)
    assert mine.layers == [] and len(found["recording"].layers) == 2
    assert is_clean()


@pytest.mark.parametrize("way", FUNCTIONS)
def test_a_watchers_exception_stops_the_model_and_leaves_nothing(way: str) -> None:
    def stop(call: int) -> None:
        raise InterruptedError("enough")

    with pytest.raises(InterruptedError, match="enough"), record_attention(on_call=stop):
        FUNCTIONS[way](*qkv())
    assert is_clean()


@pytest.mark.parametrize("way", FUNCTIONS)
def test_a_wrong_call_gets_torchs_own_error(way: str) -> None:
    q, k, v = qkv()
    wrong: list[tuple[Any, ...]] = [(q,), (q, k[..., :3], v), ("q", k, v)]
    for arguments in wrong:
        with pytest.raises((TypeError, RuntimeError)) as alone:
            FUNCTIONS[way](*arguments)
        with record_attention() as record, pytest.raises((TypeError, RuntimeError)) as watched:
            FUNCTIONS[way](*arguments)
        assert (watched.type, str(watched.value)) == (alone.type, str(alone.value))
        assert record.layers == [] and is_clean()


def test_a_wrong_call_of_multi_head_attention_gets_torchs_own_error() -> None:
    module, x = nn.MultiheadAttention(8, 2).eval(), torch.randn(5, 1, 7)
    with pytest.raises(AssertionError) as alone:
        module(x, x, x)
    with record_attention() as record, pytest.raises(AssertionError) as watched:
        module(x, x, x)
    assert str(watched.value) == str(alone.value)
    assert record.layers == [] and is_clean()


def test_the_users_own_choice_of_the_fast_path_stays() -> None:
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with record_attention():
            pass
        assert not torch.backends.mha.get_fastpath_enabled()
    finally:
        torch.backends.mha.set_fastpath_enabled(True)


def test_a_module_keeps_its_first_name_throughout_a_recording() -> None:
    inner = Stored()
    outer = nn.ModuleDict({"inner": inner, "other": Stored()})

    class Outer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.both = outer

        def forward(self, *tensors: Tensor) -> None:
            for module in outer.values():
                module(*tensors)

    with record_attention() as record:
        inner(*qkv())
        Outer()(*qkv())
    assert [layer.path for layer in record.layers] == ["Stored", "Stored", "both.other"]


def test_a_module_in_two_places_has_its_shortest_name() -> None:
    inner = Stored()
    model = nn.ModuleDict({"deep": nn.ModuleList([inner]), "short": inner})

    class Outer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: Tensor) -> Tensor:
            return inner(*tensors)

    with record_attention() as record:
        Outer()(*qkv())
    assert record.layers[0].path == "model.short"


def test_blocks_that_end_out_of_order_leave_nothing_behind() -> None:
    first, second = record_attention(), record_attention()
    one, two = first.__enter__(), second.__enter__()
    F.scaled_dot_product_attention(*qkv())
    first.__exit__(None, None, None)
    F.scaled_dot_product_attention(*qkv())
    second.__exit__(None, None, None)
    F.scaled_dot_product_attention(*qkv())
    assert (len(one.layers), len(two.layers)) == (1, 2) and is_clean()


def test_a_block_that_ends_in_another_thread_records_nothing_more() -> None:
    def open_and_call() -> None:
        records.append(block.__enter__())
        left.wait()
        F.scaled_dot_product_attention(*qkv())
        with record_attention() as again:
            F.scaled_dot_product_attention(*qkv())
        records.append(again)
        counts.append(torch._C._len_torch_function_stack())

    records, counts, left, block = [], [], Event(), record_attention()
    thread = Thread(target=open_and_call)
    thread.start()
    while not records:
        time.sleep(0.01)
    block.__exit__(None, None, None)
    left.set()
    thread.join()
    assert [len(record.layers) for record in records] == [0, 1] and counts == [0] and is_clean()


def test_tasks_that_take_turns_do_not_see_each_others_calls() -> None:
    async def recording(count: int) -> AttentionRecord:
        with record_attention() as record:
            for _ in range(count):
                F.scaled_dot_product_attention(*qkv())
                await asyncio.sleep(0)
        return record

    async def plain() -> None:
        for _ in range(4):
            F.scaled_dot_product_attention(*qkv())
            await asyncio.sleep(0)

    async def together() -> list[AttentionRecord | None]:
        found = await asyncio.gather(recording(2), plain(), recording(3))
        assert is_clean()
        return found

    two, _, three = run(together())
    assert (len(two.layers), len(three.layers)) == (2, 3)


def test_a_task_begun_inside_a_block_belongs_to_it() -> None:
    async def call() -> None:
        F.scaled_dot_product_attention(*qkv())

    async def whole() -> AttentionRecord:
        with record_attention() as record:
            await asyncio.create_task(call())
        return record

    assert len(run(whole()).layers) == 1


TRANSFORMED = {
    "vmap": lambda q, k, v: torch.vmap(F.scaled_dot_product_attention)(q, k, v),
    "grad": lambda q, k, v: torch.func.grad(lambda x: F.scaled_dot_product_attention(x, k, v).sum())(q),
    "vmap, explicit": lambda q, k, v: torch.vmap(lambda a, b, c: (a @ b.mT).softmax(-1) @ c)(q, k, v),
    "cond": lambda q, k, v: torch.cond(
        q.sum() > 1e9, lambda a, b, c: a * 2.0, lambda a, b, c: F.scaled_dot_product_attention(a, b, c), (q, k, v)
    ),
}
"""Models that torch transforms or runs as a whole. They must run as before."""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("way", TRANSFORMED)
def test_transformed_models_still_run_and_are_named(way: str) -> None:
    q, k, v = (tensor.clone() for tensor in qkv())
    alone = TRANSFORMED[way](q, k, v)
    with record_attention() as record:
        watched = TRANSFORMED[way](q, k, v)
    torch.testing.assert_close(watched, alone)
    assert record.layers == [] and is_clean()
    reasons = [unseen.reason for unseen in record.unseen]
    assert way == "vmap, explicit" or any("torch.func" in reason or "torch's cond" in reason for reason in reasons)


@pytest.mark.filterwarnings("ignore")
def test_nested_tensors_still_run_and_are_named() -> None:
    nested = torch.nested.nested_tensor([torch.randn(2, 8), torch.randn(3, 8)], layout=torch.jagged)
    q = nested.unflatten(-1, [2, 4]).transpose(1, 2)
    alone = F.scaled_dot_product_attention(q, q, q)
    with record_attention() as record:
        watched = F.scaled_dot_product_attention(q, q, q)
    torch.testing.assert_close(watched.values(), alone.values())
    assert record.layers == [] and "nested" in record.unseen[0].reason


@pytest.mark.filterwarnings("ignore:.*nested.*prototype")
def test_other_threads_keep_torchs_fast_path() -> None:
    """This thread records. Another thread calls the operator that runs a whole layer at once."""
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    encoder, x = nn.TransformerEncoder(layer, 2).eval(), torch.randn(2, 5, 8)
    padding, calls = torch.tensor([[False] * 5, [False] * 3 + [True] * 2]), []

    def work() -> None:
        with torch.inference_mode(), torch.profiler.profile() as profile:
            encoder(x, src_key_padding_mask=padding)
        calls.extend(event.key for event in profile.key_averages())

    with record_attention() as record:
        thread = Thread(target=work)
        thread.start()
        thread.join()
    assert "aten::_transformer_encoder_layer_fwd" in calls and record.layers == []


@pytest.mark.filterwarnings("ignore:Using .torch.compile.module.. when there are global hooks")
def test_a_compiled_model_is_recorded_and_the_caller_is_warned() -> None:
    torch.compiler.reset()
    compiled, (q, k, v) = torch.compile(Stored(), backend="eager"), qkv()
    with pytest.warns(UserWarning, match="compiled code runs eagerly"), record_attention() as record:
        output = compiled(q, k, v)
    (layer,) = record.layers
    torch.testing.assert_close(layer.weights() @ v, output)
    assert is_clean()


class KeepsOutput:
    """Stores what a gradient needs from the door: the output of every call, with its graph."""

    copies = False

    def __init__(self) -> None:
        self.outputs: list[Tensor] = []

    def begins(self, call: AttentionCall, where: Where) -> None: ...

    def ends(self, call: AttentionCall, output: Tensor) -> None:
        output.retain_grad()
        self.outputs.append(output)

    def softmaxed(self, weights: Tensor, where: Where) -> None: ...

    def saw(self, seen: SeenWeights, where: Where) -> None: ...

    def missed(self, unseen: Unseen) -> None: ...


def test_a_watcher_may_keep_an_output_and_its_gradient() -> None:
    q, k, v = (tensor.clone().requires_grad_() for tensor in qkv())
    readout = torch.randn(4)
    watcher = KeepsOutput()
    with door.watching(watcher):
        loss = (F.scaled_dot_product_attention(q, k, v) @ readout).sum()
    loss.backward()
    (output,) = watcher.outputs
    torch.testing.assert_close(output.grad, readout.expand_as(output))
    assert q.grad is not None and is_clean()


def test_an_explicit_softmax_outside_of_modules_is_recorded_when_it_meets_values() -> None:
    q, k, v = qkv()
    counts = []
    with record_attention() as record:
        for _ in range(3):
            weights = (q @ k.mT).softmax(-1)
            counts.append(len(record))
            weights.mul(1.0) @ v
            counts.append(len(record))
    assert counts == [0, 1, 1, 2, 2, 3] and record[2].path == ""
