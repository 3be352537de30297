"""The memory left by a limit around the process counts, in both versions of the kernel's interface."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import torch

from attention_core.models import free_memory
from attention_core.models.free_memory import available_bytes, claimed, free_bytes
from tests.limited import CannotLimitError, limited

GB = 10**9
Group = Callable[..., None]


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Group:
    """Return a function that puts this process into control groups below a folder, and writes the files of one."""
    monkeypatch.setattr(free_memory, "CGROUP", tmp_path)
    monkeypatch.setattr(free_memory, "MEMBERSHIP", tmp_path / "membership")
    (tmp_path / "membership").write_text("4:memory:/docker/5\n1:name=systemd:/x\n0::/system.slice/regard.service\n")

    def write(folder: str, **files: str) -> None:
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (tmp_path / folder / f"memory.{name}").write_text(text)

    return write


def test_without_a_limit_it_is_the_machines_memory(group: Group) -> None:
    machine = psutil.virtual_memory().available
    assert available_bytes() == pytest.approx(machine, rel=0.2) and available_bytes() > GB / 100
    group("", max="max\n", current="900\n", stat="anon 500\ninactive_file 300\n")
    group("memory", limit_in_bytes="9223372036854771712\n", usage_in_bytes="900\n", stat="total_inactive_file 1\n")
    assert available_bytes() == pytest.approx(machine, rel=0.2)


@pytest.mark.parametrize("folder", ["", "system.slice", "system.slice/regard.service"])
def test_a_limit_of_a_container_or_service_counts(group: Group, folder: str) -> None:
    group(folder, max="1000\n", current="900\n", stat="anon 500\ninactive_file 300\n")
    assert available_bytes() == 1000 - 900 + 300
    group(folder, max="100\n")
    assert available_bytes() == 0


@pytest.mark.parametrize("folder", ["memory", "memory/docker", "memory/docker/5"])
def test_a_limit_of_the_first_version_counts(group: Group, folder: str) -> None:
    group(folder, limit_in_bytes="1000\n", usage_in_bytes="900\n", stat="inactive_file 1\ntotal_inactive_file 300\n")
    assert available_bytes() == 1000 - 900 + 300


def test_the_tightest_of_several_limits_counts(group: Group) -> None:
    group("system.slice", max="1000\n", current="900\n", stat="inactive_file 0\n")
    group("system.slice/regard.service", max="500\n", current="450\n", stat="inactive_file 0\n")
    assert available_bytes() == 50


def test_on_a_gpu_its_own_memory_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (7 * GB + device.index, 80 * GB))
    assert free_bytes(torch.device("cuda:1")) == 7 * GB + 1
    monkeypatch.setattr(free_memory, "available_bytes", lambda: 5)
    assert free_bytes(torch.device("cpu")) == 5


@pytest.mark.nightly
def test_the_system_agrees() -> None:
    try:
        with limited(2 * GB) as group:
            program = "from attention_core.models.free_memory import available_bytes; print(available_bytes())"
            said = subprocess.check_output([*group.within, sys.executable, "-c", program])
    except CannotLimitError as error:
        pytest.skip(str(error))
    assert GB < int(said) < 2 * GB


def test_two_simultaneous_passes_do_not_count_the_same_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    free = [100]
    monkeypatch.setattr(free_memory, "available_bytes", lambda: free[-1])
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (70, 80))
    cpu = torch.device("cpu")
    refused = MemoryError
    with claimed(60, cpu, refused):
        assert free_bytes(cpu) == 40 and free_bytes(torch.device("cuda:0")) == 70, "of another kind"
        with pytest.raises(MemoryError, match="40"), claimed(37, cpu, refused):
            pass
        assert free_bytes(cpu) == 40, "what was refused takes nothing"
        with claimed(36, cpu, refused):
            assert free_bytes(cpu) == 4
    with claimed(60, cpu, refused):
        free.append(50)
        assert free_bytes(cpu) == 40, "what it has taken of its claim does not count twice"
        free.append(30)
        assert free_bytes(cpu) == 30, "somebody else took more"
    with pytest.raises(OSError), claimed(20, cpu, refused):
        raise OSError
    assert free_bytes(cpu) == 30
