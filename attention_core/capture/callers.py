"""Which module of a model makes a call, found on the stack of Python frames; the model needs no hook for it.

A module counts while one of its methods is on the stack of this thread; a softmax belongs to the module around it.
"""

from __future__ import annotations

import sys
from types import FrameType

from torch import Tensor, nn


def innermost_module() -> nn.Module | None:
    """The module that is running, None where none is."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if (owner := _owner(frame)) is not None:
            return owner
        frame = frame.f_back
    return None


def outermost_module() -> nn.Module | None:
    """The module that all others are running inside of."""
    module: nn.Module | None = None
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        owner = _owner(frame)
        module = module if owner is None else owner
        frame = frame.f_back
    return module


def tokens_of(module: nn.Module) -> Tensor | None:
    """The first tensor that this running module was called with."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if code.co_name == "forward" and _owner(frame) is module:
            names, local = code.co_varnames[1 : code.co_argcount], frame.f_locals
            if (tokens := next((value for name in names if isinstance(value := local.get(name), Tensor)), None)) is not None:
                return tokens
        frame = frame.f_back
    return None


def _owner(frame: FrameType) -> nn.Module | None:
    """The module of which the frame runs a method."""
    code = frame.f_code
    if not code.co_argcount or code.co_varnames[0] != "self":
        return None
    owner = frame.f_locals.get("self")
    return owner if isinstance(owner, nn.Module) and not isinstance(owner, nn.Softmax) else None
