"""One recorded architecture, compared with weights from another source."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cache

import torch
from torch import Tensor, nn

from attention_core import AttentionRecord, record_attention

TOLERANCE = 1e-5
STATUSES = ("exact", "exact, rest named", "named", "wrong")
Way = Callable[[nn.Module], AbstractContextManager[nn.Module]]
"""Yields the model that runs: the model itself, the model set to another implementation, or its twin built with another one."""


def as_built(model: nn.Module) -> AbstractContextManager[nn.Module]:
    return nullcontext(model)


@dataclass(frozen=True, eq=False)
class Case:
    """One architecture, small and seeded.

    build: the model. run: the recorded call. truth: the weights (B, H, Nq, Nk) of every call that is attention of heads
    × queries × keys, in order. ways: implementations of the model, each recorded separately. unseen: a regular
    expression that must match every reason why an attention cannot be recorded, or "" if nothing may be missing.
    """

    kind: str
    library: str
    name: str
    build: Callable[[], nn.Module]
    run: Callable[[nn.Module], object]
    truth: Callable[[nn.Module], list[Tensor]]
    ways: Mapping[str, Way] = field(default_factory=lambda: {"fused": as_built})
    unseen: str = ""


@dataclass(frozen=True)
class Measured:
    """One way of one case.

    calls: the model's attention calls. layers: recorded layers. exact: recorded layers that match one of the calls,
    with their largest error. reasons: what the record says that it did not see. named: True if these are the expected
    reasons.
    """

    calls: int
    layers: int
    exact: int
    error: float
    reasons: tuple[str, ...]
    named: bool

    @property
    def status(self) -> str:
        """Return one of STATUSES: a layer that matches no call is passed off as attention, and a missing call must be named."""
        if not self.named or self.exact < self.layers or (self.exact < self.calls and not self.reasons):
            return "wrong"
        return "exact" if not self.reasons else "exact, rest named" if self.exact else "named"


@dataclass(frozen=True)
class Row:
    """A case with its measurements. telling: True if its weights are uneven enough to show an error."""

    case: Case
    measured: Mapping[str, Measured]
    telling: bool


def uneven(model: nn.Module, seed: int = 0) -> nn.Module:
    """Set random weights so large that tokens attend unevenly, and switch every branch on. Even weights show no error."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim > 1:
                parameter.normal_(std=1.1 / parameter[0].numel() ** 0.5, generator=generator)
            elif parameter.ndim == 1 and not name.endswith("bias"):
                parameter.uniform_(0.6, 1.4, generator=generator)
    return model.eval().requires_grad_(False)


@cache
def measure(case: Case) -> Row:
    """Return the case recorded in each of its ways, by the way's name."""
    torch.manual_seed(0)
    model = uneven(case.build())
    with torch.no_grad():
        _settle(model, case)
        truth = case.truth(model)
        measured = {name: _measured(model, case, way, truth) for name, way in case.ways.items()}
    return Row(case, measured, all(own.shape[-1] == 1 for own in truth) or any(map(_is_telling, truth)))


def _is_telling(own: Tensor) -> bool:
    """Return True if the largest weight of a row is, on average, clearly above an even weight and below 1."""
    return 1.3 / own.shape[-1] < float(own.amax(-1).mean()) < 0.95


def _settle(model: nn.Module, case: Case) -> None:
    """Let batch norms take their statistics from the case's own input.

    With random weights a deep model would overflow otherwise.
    """
    norms = [part for part in model.modules() if isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
        norm.train()
    if norms:
        case.run(model)
    model.eval()


def _measured(model: nn.Module, case: Case, way: Way, truth: list[Tensor]) -> Measured:
    with way(model) as used, record_attention(model=used) as record:
        case.run(used)
    paths = {name for name, _ in used.named_modules()} | {type(used).__name__}
    errors = errors_of([layer.weights() for layer in record.layers if layer.path in paths], truth)
    reasons = reasons_of(record)
    named = all(re.search(case.unseen, reason) for reason in reasons) and bool(reasons) == bool(case.unseen)
    return Measured(len(truth), len(record.layers), len(errors), max(errors, default=0.0), reasons, named)


def errors_of(recorded: list[Tensor], truth: list[Tensor]) -> list[float]:
    """Return the largest error of every recorded layer that matches one of the model's own, in the order of the calls."""
    found: list[float] = []
    at = 0
    for weights in recorded:
        errors = [_error(weights, own) for own in truth[at:]]
        place = next((place for place, error in enumerate(errors) if error <= TOLERANCE), None)
        if place is not None:
            found.append(errors[place])
            at += place + 1
    return found


def _error(weights: Tensor, own: Tensor) -> float:
    """A fused call may lack keys that no query may attend to. They have weight zero in the model's own weights."""
    keys = weights.shape[-1]
    if weights.shape != own[..., :keys].shape or own[..., keys:].any():
        return torch.inf
    return float((weights - own[..., :keys]).abs().max())


def reasons_of(record: AttentionRecord) -> tuple[str, ...]:
    """Return the reasons in the record: attention that it noticed and left out, or, if it is empty, the error's message."""
    noticed = [entry.reason for entry in record.unseen]
    noticed += [f"extra key: {name}" for name in sorted({name for layer in record for name in layer.extra_keys})]
    if noticed or record.layers:
        return tuple(noticed)
    try:
        record.require()
    except ValueError as error:
        return (str(error),)
    return ()
