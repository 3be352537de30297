"""Names of modules are remembered as long as the model lives, and no longer than they are true."""

from __future__ import annotations

import gc
import weakref

import pytest
from torch import nn

from attention_core.capture import module_names
from attention_core.capture.module_names import name_in


def model() -> nn.Module:
    return nn.Sequential(nn.ModuleDict({"attn": nn.Linear(2, 2), "mlp": nn.Sequential(nn.GELU())}), nn.Linear(2, 2))


def test_every_module_has_the_name_that_torch_gives_it() -> None:
    root = model()
    for name, module in root.named_modules():
        assert name_in(root, module) == name


def test_a_module_from_elsewhere_has_none() -> None:
    assert name_in(model(), nn.GELU()) is None


def test_the_walk_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    root, walks = model(), []
    walk = module_names._names
    monkeypatch.setattr(module_names, "_names", lambda root: walks.append(root) or walk(root))
    assert [name_in(root, module) for module in root.modules()] == [name for name, _ in root.named_modules()]
    assert walks == [root]


def test_a_model_that_was_changed_gets_new_names() -> None:
    root = model()
    inner = root[0]["attn"]
    assert name_in(root, inner) == "0.attn"
    root[0]["attn"], root[0]["kept"] = nn.Identity(), inner
    assert name_in(root, inner) == "0.kept" and name_in(root, root[0]["attn"]) == "0.attn"
    root[0]["kept"] = None
    assert name_in(root, inner) is None
    del root[0]
    assert name_in(root, inner) is None


def test_a_forgotten_model_goes() -> None:
    root = model()
    name_in(root, root[0])
    gone = weakref.ref(root)
    del root
    gc.collect()
    assert gone() is None
