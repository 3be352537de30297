"""The bundler joins a component's modules into one module that a browser can read."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from attention_core.export import bundler as web_assets
from attention_core.export.bundler import ASSETS, bundle
from tests.js.node import node

COMPONENTS = sorted(file.relative_to(ASSETS).as_posix() for file in ASSETS.glob("*/*.js") if file.stem == file.parent.name)


@pytest.mark.parametrize("entry", COMPONENTS)
def test_a_bundle_is_one_module_that_imports_nothing(entry: str, tmp_path: Path) -> None:
    file = tmp_path / "bundle.mjs"
    file.write_text(bundle(entry), "utf-8")
    subprocess.run([node(), "--check", file], check=True)
    assert not re.findall(r"^import\b.*", file.read_text("utf-8"), re.MULTILINE)


def test_every_module_belongs_to_a_component() -> None:
    bundles = "".join(map(bundle, COMPONENTS))
    texts = {file.name: file.read_text("utf-8") for file in ASSETS.glob("*/*.js")}
    says = {name: text.splitlines()[0] for name, text in texts.items() if "export {};" not in text}  # else only types
    assert not [name for name, said in says.items() if not said.startswith("// ") or said not in bundles]


def test_modules_find_each_other_and_data_by_their_relative_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "one/one.js": 'import { twice } from "./near.js";\nimport { FAR as away } from "../shared/far.js";\n'
        "console.log(twice(away));\n",
        "one/near.js": 'import two from "../shared/data.json" with { type: "json" };\nexport const twice = (x) => x * two.x;\n',
        "shared/far.js": "/**\n * @typedef {object} Gone\n */\nconst hidden = 21;\nexport const FAR = hidden;\n",
        "shared/data.json": '{ "x": 2 }\n',
    }
    for name, source in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source, "utf-8")
    monkeypatch.setattr(web_assets, "ASSETS", tmp_path)
    joined = bundle.__wrapped__("one/one.js")
    assert "Gone" not in joined
    said = subprocess.run([node(), "--eval", joined], check=True, capture_output=True, text=True).stdout
    assert said == "42\n"
