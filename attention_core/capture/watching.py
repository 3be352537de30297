"""Sees the attention calls of one thread, whoever makes them, while all other operations run as ever.

Torch hands each operation down a line of dispatch keys that a thread may switch on and off. `watching` switches on one that
torch leaves to tests. Two operators have kernels there, which tell what they received and go on to the operator; all others
fall through in C++. `TorchFunctionMode`, the public way to see calls, runs Python for every function of a model instead: 4 % of
a pass over 196 patches. Two functions of torch.nn.functional are replaced besides, while anybody watches:
`multi_head_attention_forward`, which is no operator, and `scaled_dot_product_attention`, for which this is the shorter way.
"""

from __future__ import annotations

import atexit
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import nn
from torch.library import Library, fallthrough_kernel

from attention_core.capture.call_signatures import (
    Seen,
    SeenQK,
    from_multi_head_attention_forward,
    from_scaled_dot_product_attention,
    from_softmax,
)
from attention_core.capture.callers import innermost_module

Watcher = Callable[[Seen, nn.Module | None], Callable[[], None]]
"""Is told what a call received and the module that makes it, and returns what to do when the call has ended well."""
Function = Callable[..., Any]

_KEY_NAME: Final = "TESTING_ONLY_GenericMode"
_KEY: Final = torch._C._dispatch_key_parse(_KEY_NAME)
_KEYS: Final = torch._C.DispatchKeySet(_KEY)
_exclude: Final = torch._C._dispatch_tls_set_dispatch_key_excluded
_SCALED_DOT_PRODUCT: Final = F.scaled_dot_product_attention
_MULTI_HEAD: Final = F.multi_head_attention_forward


class _Thread(threading.local):
    """Who watches in this thread, the outermost first."""

    def __init__(self) -> None:
        self.watchers: list[Watcher] = []


_THREAD: Final = _Thread()


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Tell `watcher` of every attention call that this thread makes inside the block. What it raises stops the model.

    Attention inside of attention, such as in `F.multi_head_attention_forward`, is one call.
    """
    with _REPLACED, torch._C._IncludeDispatchKeyGuard(_KEY):
        _THREAD.watchers.append(watcher)
        try:
            yield
        finally:
            _THREAD.watchers.pop()


@wraps(_SCALED_DOT_PRODUCT)
def _scaled_dot_product_attention(*args: Any, **kwargs: Any) -> Any:
    if not _THREAD.watchers:
        return _SCALED_DOT_PRODUCT(*args, **kwargs)
    return _told_before(_SCALED_DOT_PRODUCT, from_scaled_dot_product_attention, args, kwargs)


@wraps(_MULTI_HEAD)
def _multi_head_attention_forward(*args: Any, **kwargs: Any) -> Any:
    def unwatched(*args: Any, **kwargs: Any) -> Any:
        watchers, _THREAD.watchers = _THREAD.watchers, []
        try:
            return _MULTI_HEAD(*args, **kwargs)
        finally:
            _THREAD.watchers = watchers

    if not _THREAD.watchers:
        return _MULTI_HEAD(*args, **kwargs)
    return _told_before(unwatched, from_multi_head_attention_forward, args, kwargs)


def _softmax(*args: Any, **kwargs: Any) -> Any:
    result = torch.softmax(*args, **kwargs)
    module = innermost_module()
    seen = from_softmax(result, module, *args, **kwargs)
    if seen is not None:
        for watcher in _THREAD.watchers:
            watcher(seen, module)()
    return result


def _told_before(function: Function, read: Callable[..., SeenQK], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The function's result. Watchers are told before it runs, while q and k are in the processor's caches."""
    _exclude(_KEY, True)
    try:
        try:
            seen, module = read(*args, **kwargs), innermost_module()
            ends = [watcher(seen, module) for watcher in _THREAD.watchers]
        except Exception:
            function(*args, **kwargs)  # what is wrong with its arguments torch says better
            raise
        result = function(*args, **kwargs)
        for end in ends:
            end()
    finally:
        _exclude(_KEY, False)
    return result


class _Replaced:
    """While any thread is inside: the two functions of torch.nn.functional are ours, and torch's fast path, which is one
    operator for a whole layer, is off. Threads that do not watch get what they always do, at most in torch's slower way.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._fast_path = True

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                F.scaled_dot_product_attention = _scaled_dot_product_attention
                F.multi_head_attention_forward = _multi_head_attention_forward
                self._fast_path = torch.backends.mha.get_fastpath_enabled()
                torch.backends.mha.set_fastpath_enabled(False)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                F.scaled_dot_product_attention = _SCALED_DOT_PRODUCT
                F.multi_head_attention_forward = _MULTI_HEAD
                torch.backends.mha.set_fastpath_enabled(self._fast_path)


_REPLACED: Final = _Replaced()
_KERNELS: Final = {"scaled_dot_product_attention": _scaled_dot_product_attention, "softmax.int": _softmax}


def _register() -> None:
    """The two kernels, for as long as the process runs; after a reload of this module they call what it has become."""
    if torch._C._dispatch_has_kernel_for_dispatch_key("aten::softmax.int", _KEY_NAME):
        return
    library: Any = Library
    operators, others = library("aten", "IMPL"), library("_", "IMPL")
    for name in _KERNELS:
        operators.impl(name, _kernel(name), _KEY_NAME)
    others.fallback(fallthrough_kernel, _KEY_NAME)
    atexit.register(lambda *_: None, operators, others)  # with its Library torch would take back a kernel


def _kernel(name: str) -> Function:
    def kernel(*args: Any, **kwargs: Any) -> Any:
        with torch._C._ExcludeDispatchKeyGuard(_KEYS):  # also where nobody watches: torch's own threads have the key on too
            return sys.modules[__name__]._KERNELS[name](*args, **kwargs)

    return kernel


_register()
