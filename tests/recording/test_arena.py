from __future__ import annotations

import gc

import torch

from attention_core.recording import arena
from attention_core.recording.arena import BLOCK_BYTES, Arena


def test_a_copy_has_the_values_and_its_own_memory() -> None:
    memory = Arena()
    source = torch.randn(2, 5, 3, 4).permute(2, 0, 3, 1)
    copies = [memory.copy(source), memory.copy(source.half()), memory.copy(source)]
    source_before = source.clone()
    source.zero_()
    for copy in copies:
        torch.testing.assert_close(copy.float(), source_before, atol=1e-3, rtol=1e-3)
        assert copy.shape == source_before.shape
    assert copies[0].stride().index(1) == source.stride().index(1)


def test_two_parts_of_one_tensor_are_copied_as_each_alone_would_be() -> None:
    q, k, _ = torch.randn(2, 5, 3, 6, 4).permute(2, 0, 3, 1, 4).unbind(0)
    others = [(k, q), (q, torch.randn(2, 6, 5, 4)), (q, k[:, :, :3]), (q, k.half()), (q, q), (q.contiguous(), k.contiguous())]
    for first, second in [(q, k), *others]:
        memory = Arena()
        for both, alone in zip(memory.copy_both(first, second), (memory.copy(first), memory.copy(second)), strict=True):
            assert both.equal(alone) and both.dtype == alone.dtype
            assert both.stride() == alone.stride() or (first is q and second is k)  # which lie side by side: see below
            assert both.data_ptr() not in (first.data_ptr(), second.data_ptr(), alone.data_ptr())


def test_q_and_k_of_one_projection_lie_side_by_side_and_close() -> None:
    projection = torch.randn(2, 5, 3, 6, 4)
    q, k = Arena().copy_both(*projection.permute(2, 0, 3, 1, 4).unbind(0)[:2])
    assert q.stride() == k.stride() == (5 * 2 * 6 * 4, 4, 2 * 6 * 4, 1)
    assert k.storage_offset() - q.storage_offset() == 6 * 4


def test_axes_that_were_only_expanded_are_filled() -> None:
    source = torch.arange(4.0).expand(3, 2, 4)
    copy = Arena().copy(source)
    assert copy.equal(source) and 0 not in copy.stride()


def test_what_does_not_fit_goes_to_another_block() -> None:
    memory = Arena()
    values = [torch.full((BLOCK_BYTES // 13,), float(i)) for i in range(7)]  # three to a block
    copies = [memory.copy(value) for value in values]
    assert all(copy.equal(value) for copy, value in zip(copies, values, strict=True))
    assert len({copy.untyped_storage().data_ptr() for copy in copies}) == 3


def test_a_block_is_lent_again_only_when_its_last_slice_is_gone() -> None:
    gc.collect()
    arena._SPARE.clear()
    first = Arena().copy(torch.ones(10))
    place = first.untyped_storage().data_ptr()
    second = Arena().copy(torch.zeros(10))
    assert second.untyped_storage().data_ptr() != place
    assert first.equal(torch.ones(10))
    del first
    gc.collect()
    third = Arena().copy(torch.full((10,), 3.0))
    assert third.untyped_storage().data_ptr() == place
    assert second.equal(torch.zeros(10))
