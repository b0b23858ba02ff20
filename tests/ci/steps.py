"""Steps of workflows and actions, run as GitHub runs them."""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
"""What `shell: bash` of GitHub is."""


def steps_of(document: Path) -> list[dict[str, Any]]:
    """The steps of an action, or of the only job of a workflow."""
    values = yaml.safe_load(document.read_text("utf-8"))
    if "runs" in values:
        return list(values["runs"]["steps"])
    (job,) = values["jobs"].values()
    return list(job["steps"])


def step_named(document: Path, name: str) -> dict[str, Any]:
    (step,) = [step for step in steps_of(document) if step.get("name") == name]
    return step


@dataclass
class Runner:
    """A machine of GitHub: a folder for what is temporary, and the files through which steps speak to it."""

    temp: Path
    checkout: Path
    context: dict[str, str]

    @property
    def summary(self) -> str:
        return (self.temp / "summary.md").read_text("utf-8")

    def run(self, step: Mapping[str, Any], **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a step; `more` is of the environment."""
        script = self.temp / "step.sh"
        script.write_text(step["run"], "utf-8")
        assert "${{" not in step["run"]  # an expression in a script is code of whoever wrote the value
        for name in ("summary.md", "output"):
            (self.temp / name).touch()
        environment = {
            **os.environ,
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
            "GITHUB_OUTPUT": str(self.temp / "output"),
            **{name: self._value(str(value)) for name, value in step.get("env", {}).items()},
            **more,
        }
        command = [*BASH, str(script)]
        return subprocess.run(
            command, cwd=self.checkout, env=environment, capture_output=True, text=True, errors="replace", check=False
        )

    def _value(self, text: str) -> str:
        return re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda match: self.context[match[1]], text)
