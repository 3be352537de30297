from __future__ import annotations

import csv
import re
import threading
from pathlib import Path

import pytest
import timm
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from attention_core import PatchGrid, record_attention
from attention_core.analysis.movement import head_movement
from attention_core.monitor import AttentionMonitor

GRID, BATCH, CLASSES = PatchGrid(3, 5, 8), 4, 3


def vit() -> nn.Module:
    torch.manual_seed(1)
    size = {"img_size": (GRID.height, GRID.width), "patch_size": 8, "embed_dim": 24, "depth": 2, "num_heads": 3}
    return timm.create_model("vit_tiny_patch16_224", num_classes=CLASSES, proj_drop_rate=0.2, drop_path_rate=0.2, **size)


def pixels(count: int = BATCH) -> Tensor:
    return torch.randn(count, 3, GRID.height, GRID.width, generator=torch.Generator().manual_seed(count))


def train(model: nn.Module, steps: int, monitor: AttentionMonitor | None = None) -> None:
    torch.manual_seed(2)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2)
    model.train()
    for _ in range(steps):
        F.cross_entropy(model(pixels(6)), torch.arange(6) % CLASSES).backward()
        optimiser.step()
        optimiser.zero_grad()
        if monitor is not None:
            monitor.step()


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "heads.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_view_and_statistics_of_the_present_model_come_at_every_interval(tmp_path: Path) -> None:
    model, folder = vit(), tmp_path / "new/folder"
    with torch.no_grad(), record_attention() as first:
        model.eval()(pixels())
    with AttentionMonitor(model, pixels(), GRID, folder, every=2) as monitor:
        train(model, 5, monitor)
    assert sorted(each.name for each in folder.iterdir()) == [
        "heads.csv",
        *(f"step-00000{step}.html" for step in (0, 2, 4)),
    ]
    rows = table(folder)
    assert [(row["step"], row["path"], row["head"]) for row in rows] == [
        (str(step), f"blocks.{block}.attn", str(head)) for step in (0, 2, 4) for block in range(2) for head in range(3)
    ]
    assert all(float(row["moved_bits"]) == 0 for row in rows[:6]) and all(float(row["moved_bits"]) > 0 for row in rows[6:])
    again = vit()
    train(again, 4)
    with torch.no_grad(), record_attention() as record:
        again.eval()(pixels())
    record.grid, record.prefix_tokens = GRID, ("CLS",)
    for layer, (found, began) in enumerate(zip(record.statistics(), first.layers, strict=True)):
        said = [{name: float(row[name]) for name in list(row)[4:]} for row in rows[12 + 3 * layer : 15 + 3 * layer]]
        assert found.mean_distance is not None
        for name, expected in {
            "entropy_bits": found.entropy.mean(0),
            "mean_distance_patches": found.mean_distance.mean(0),
            "prefix_share": found.prefix_share.mean(0),
            "moved_bits": head_movement(began, record.layers[layer]),
        }.items():
            assert [row[name] for row in said] == pytest.approx(expected.tolist(), rel=1e-4), name


def test_the_view_shows_the_picture_chosen(tmp_path: Path) -> None:
    pages = []
    for shown in (0, 2):
        AttentionMonitor(vit(), pixels(), GRID, tmp_path / str(shown), shown=shown).close()
        pages.append((tmp_path / str(shown) / "step-000000.html").read_text("utf-8"))
    assert all("<title>Attention at step 0</title>" in page and '"name": "blocks.1.attn"' in page for page in pages)
    data = [re.findall(r'<script type="application/json" id="(page|layer-1)">(.*?)</script>', page) for page in pages]
    assert [name for name, _ in data[0]] == ["page", "layer-1"]
    assert all(one != other for one, other in zip(*data, strict=True)), "another picture with other attention"


def test_training_gives_the_same_weights_without_the_monitor(tmp_path: Path) -> None:
    watched, alone = vit(), vit()
    with AttentionMonitor(watched, pixels(), GRID, tmp_path, every=1) as monitor:
        train(watched, 4, monitor)
    train(alone, 4)
    for name, weights in alone.state_dict().items():
        assert torch.equal(weights, watched.state_dict()[name]), name
    assert all(each.grad is None for each in watched.parameters())


def test_every_module_keeps_its_mode(tmp_path: Path) -> None:
    model = vit().train()
    model.blocks[0].eval()
    before = {name: module.training for name, module in model.named_modules()}
    AttentionMonitor(model, pixels(), GRID, tmp_path).close()
    assert {name: module.training for name, module in model.named_modules()} == before


def test_a_write_error_is_raised_at_the_next_step_or_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monitor = AttentionMonitor(vit(), pixels(), GRID, tmp_path, every=1)
    (tmp_path / "step-000001.html").mkdir()
    monitor.step()
    with pytest.raises(OSError, match=r"step-000001\.html"):
        monitor.step()
    monitor.step()
    (tmp_path / "step-000004.html").mkdir()
    monitor.step()
    with pytest.raises(OSError, match=r"step-000004\.html"):
        monitor.close()
    assert "attention-monitor_0" not in {thread.name for thread in threading.enumerate()}


def test_a_new_run_starts_a_new_table(tmp_path: Path) -> None:
    for _ in range(2):
        AttentionMonitor(vit(), pixels(), GRID, tmp_path).close()
    assert len(table(tmp_path)) == 6


def test_inputs_that_do_not_fit_give_a_sentence_before_training(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="every must be 1 or more, received 0"):
        AttentionMonitor(vit(), pixels(), GRID, tmp_path, every=0)
    with pytest.raises(ValueError, match="shown must be 0–3"):
        AttentionMonitor(vit(), pixels(), GRID, tmp_path, shown=4)
    with pytest.raises(ValueError, match="expected 15 tokens, received 16"):
        AttentionMonitor(vit(), pixels(), GRID, tmp_path, prefix_tokens=())
    with pytest.raises(ValueError, match="no attention over tokens was seen"):
        AttentionMonitor(nn.Conv2d(3, 1, 1), pixels(), GRID, tmp_path)
