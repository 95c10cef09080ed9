"""Reads the Dockerfile and .dockerignore as far as ours go, since no engine runs in tests."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Step:
    """One instruction, its continued lines joined."""

    word: str
    rest: str

    @property
    def json(self) -> list[str]:
        """Of an instruction in exec form."""
        return json.loads(self.rest[self.rest.index("[") :])


def stages() -> list[list[Step]]:
    """The instructions of each stage, its FROM first."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    found: list[list[Step]] = []
    for line in joined.splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            found.append([])
        found[-1].append(Step(word, " ".join(rest.split())))
    return found


def steps(stage: list[Step], word: str) -> list[Step]:
    return [step for step in stage if step.word == word]


def copy_context(target: Path) -> None:
    """What `COPY .` takes: all that .dockerignore names with a `!`."""
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert rules[0] == "*"
    for rule in rules[1:]:
        if not rule.startswith("!"):
            assert rule == "**/__pycache__"
            continue
        source = ROOT / rule[1:]
        assert source.exists(), f".dockerignore names {rule[1:]}, which is not there"
        place = target / rule[1:]
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, place)
