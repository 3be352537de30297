"""compose.yaml, replicas.conf and regard.service agree, and the notes name only files and settings that exist."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from attention_core.settings import Settings
from tests.browser.serving import ROOT
from tests.deploy.proxy import DEPLOY, OURS

COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
NGINX = COMPOSE["services"]["nginx"]
REPLICAS = {name: service for name, service in COMPOSE["services"].items() if name != "nginx"}
KNOWN = {f"REGARD_{name}".upper() for name in Settings.model_fields}


def test_nginx_has_the_addresses_of_the_replicas_in_compose() -> None:
    addresses = {
        f"{service['networks']['default']['ipv4_address']}:{service['environment']['REGARD_PORT']}"
        for service in REPLICAS.values()
    }
    conf = (DEPLOY / "replicas.conf").read_text("utf-8")
    assert set(re.findall(r"server (\S+:\d+)", conf)) == addresses
    assert {int(address.partition(":")[2]) for address in addresses} == set(OURS), "a port of its own each"
    for group in conf.split("upstream ")[1:]:
        assert set(re.findall(r"server (\S+:\d+)", group)) == addresses, group


def test_replicas_share_an_external_secret_and_only_nginx_is_reachable() -> None:
    for service in REPLICAS.values():
        assert service["environment"]["STREAMLIT_SERVER_COOKIE_SECRET"].startswith("${COOKIE_SECRET:?")
        assert service["environment"].keys() - {"STREAMLIT_SERVER_COOKIE_SECRET"} <= KNOWN
        assert service["build"]["dockerfile"] == "deploy/Containerfile" and "ports" not in service
    assert NGINX["ports"] == ["${LISTEN:-127.0.0.1:8080}:8080"]
    for mounted in NGINX["volumes"]:
        assert (DEPLOY / mounted.partition(":")[0]).is_file()


@pytest.mark.parametrize("service", COMPOSE["services"].values(), ids=COMPOSE["services"])
def test_no_container_may_do_more_than_it_needs(service: dict[str, Any]) -> None:
    assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"]


def test_systemd_accepts_the_unit_and_rates_it_as_protected(tmp_path: Path) -> None:
    text = (DEPLOY / "regard.service").read_text("utf-8")
    for module in re.findall(r"^ExecStart\w*=-?\S+ -m (\S+)", text, re.MULTILINE):
        assert importlib.util.find_spec(f"{module}.__main__")
    if (systemd := shutil.which("systemd-analyze")) is None:
        pytest.skip("no systemd-analyze")
    unit = tmp_path / "regard.service"
    unit.write_text(text.replace("/opt/regard/.venv/bin/python", sys.executable).replace("/opt/regard", str(tmp_path)), "utf-8")
    found = subprocess.run([systemd, "verify", str(unit)], capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (0, "")
    subprocess.run([systemd, "security", "--offline=true", "--threshold=20", str(unit)], check=True, capture_output=True)


def test_the_notes_name_existing_settings_targets_and_files() -> None:
    notes = (DEPLOY / "README.md").read_text("utf-8")
    assert set(re.findall(r"REGARD_[A-Z_]+", notes)) <= KNOWN
    targets = set(re.findall(r"make (\w+)", notes.replace("make weights TORCH=cpu", "")))
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert {"weights", "lock", "audit"} <= targets
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)
    for path in re.findall(r"deploy/[\w./-]+\w", notes):
        assert (ROOT / path).is_file(), path


def test_the_notes_on_a_small_host_have_the_figures_of_the_table() -> None:
    (row,) = re.findall(
        r"^\| One person with `REGARD_MEMORY=200`.*$", (ROOT / "docs/hosting.md").read_text("utf-8"), re.MULTILINE
    )
    peak, dropped, _aim = re.findall(r"[\d,]+ MB", row)
    notes = (DEPLOY / "README.md").read_text("utf-8").partition("## A host of 1 GB")[2].partition("\n## ")[0]
    assert re.findall(r"[\d,]+\sMB", notes.replace("\n", " "))[1:] == [peak, dropped], "behind that of the model"
