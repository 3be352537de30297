"""deploy/Containerfile, read and run without a container engine."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Final

from tests.browser.serving import ROOT
from tests.deploy.proxy import DEPLOY

FILE: Final = DEPLOY / "Containerfile"


@dataclass(frozen=True)
class Step:
    word: str
    rest: str

    @property
    def paths(self) -> list[str]:
        """Return COPY's paths: the sources, then the destination."""
        return [word for word in self.rest.split() if not word.startswith("--")]


def steps(text: str) -> list[Step]:
    """Return the steps without comments. Continued lines are joined."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", "")
    return [Step(*line.split(maxsplit=1)) for line in joined.splitlines()]


def read() -> list[Step]:
    return steps(FILE.read_text("utf-8"))


@dataclass
class Container:
    """A folder that stands for the root directory. The user of the tests runs the steps in it, in a separate environment."""

    root: Path
    environment: dict[str, str]
    folder: str = "/"
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def take(self, step: Step) -> None:
        """Run a step. Stages share the folder, and another test checks USER. Raises CalledProcessError if a command fails."""
        if step.word == "ARG":
            name, _, value = step.rest.partition("=")
            self.environment.setdefault(name, value)
        elif step.word == "ENV":
            for name, value in (pair.split("=", 1) for pair in step.rest.split()):
                self.environment[name] = self.inside(Template(value).safe_substitute(self.environment))
        elif step.word == "WORKDIR":
            self.folder = step.rest
            self.at(step.rest).mkdir(parents=True, exist_ok=True)
        elif step.word == "COPY" and not step.rest.startswith("--from"):
            self.copy(step.paths)
        elif step.word == "RUN":
            subprocess.run(["bash", "-ec", self.inside(step.rest)], cwd=self.at(self.folder), env=self.environment, check=True)
        elif step.word == "CMD":
            self.command = json.loads(step.rest)
        elif step.word == "HEALTHCHECK":
            self.health = json.loads(step.rest.partition(" CMD ")[2])

    def copy(self, paths: list[str]) -> None:
        *sources, to = paths
        target = self.at(f"{self.folder}/{to}")
        for source in sources:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, target)

    def at(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def inside(self, text: str) -> str:
        """Return the text with its absolute paths moved into the folder."""
        return re.sub(r"(?<![\w.}])/(opt|app|weights|home)\b", lambda path: f"{self.root}{path[0]}", text)


def commands() -> Iterator[str]:
    yield from (step.rest for step in read() if step.word == "RUN")
