"""Nobody but `services/tasks` asks which task a project has: the number only falls, and it is 0."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MOST = 0  # questions outside the room; it may be lowered, never raised
QUESTIONS = re.compile(
    r"""is_regression | is_classification          # a boolean for a kind
    | \bTask\.[A-Z] | \.regression\b                # a kind by its name
    | \b(Classification|Regression)\b               # one of them
    | tasks\.(classification|regression)\b          # from its folder
    | \btask\.name\s*(==|!=|in\b)
    | \btask\s+(is|==|!=|not\s+in)\b
    | \b(if|and|or)\s+[\w.]*task\s+in\b
    | ["'](classification|regression)["']           # what it is called
    | isinstance\([^)]*\b(task|answers)\b           # what it is made of
    | \bTargetKind\b                                # what its targets are made of
    | task\.names\s*(==|!=|\)\s*else) | (if|not|bool\()\s*[\w.()]*task\.names\b""",
    re.VERBOSE,
)


def asked(text):
    """Lines of code that ask; what comments and docstrings say is not code."""
    code = re.sub(r'""".*?"""', "", text, flags=re.DOTALL)
    return [line for line in code.splitlines() if QUESTIONS.search(line.partition("  # ")[0])]


def product():
    for part in ("services", "components", "pages", "command", "gate"):
        yield from sorted((ROOT / part).rglob("*.py"))
    yield from (ROOT / "block.py", ROOT / "app.py", ROOT / "dashboard.py")


def test_nobody_else_asks_which_task_it_is():
    own = ROOT / "services" / "tasks"
    found = {
        path.relative_to(ROOT).as_posix(): lines
        for path in product()
        if own not in path.parents and (lines := asked(path.read_text(encoding="utf-8")))
    }
    assert sum(map(len, found.values())) <= MOST, found


@pytest.mark.parametrize(
    "line",
    [
        "if opened.project.is_regression:",
        "error = check.task is Task.REGRESSION",
        "output = project.regression.output",
        "from services.tasks.regression.task import Regression",
        "if project.task.name == 'regression':",
        'mode == "classification"',
        "if isinstance(project.task, Kind):",
        "if target.kind is TargetKind.OUTPUT:",
        "if project.task.names:",
        "classes = bool(project.task.names)",
    ],
)
def test_a_question_is_seen(line):
    assert asked(f"def f():\n    {line}\n") == [f"    {line}"]


@pytest.mark.parametrize(
    "line",
    [
        "figure = regression_scores(true, read)",
        "task = project.task",
        "    # which task: classification or regression",
        '"task": project.task.name,',
        "names = list(project.task.names)",
    ],
)
def test_no_other_line_is_one(line):
    assert asked(line) == []
