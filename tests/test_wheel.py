"""The core alone as a library: its wheel, built and tried in an environment of its own."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path
from sysconfig import get_path

import numpy as np
import pytest

from tests.pinned import pins
from tests.test_readme import python_of

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS = ("services", "components", "pages", "command", "gate", "block", "app", "dashboard")
TRIED = f"""
import importlib.util, json, sys
from pathlib import Path
assert [name for name in {OURS} if importlib.util.find_spec(name)] == []
block, result_file = sys.argv[1:]
names = {{}}
exec(compile(Path(block).read_text(), "README.md", "exec"), names)
import numpy, gradcam
numpy.savez(result_file, map=names["result"].maps[0], picture=names["picture"])
print(gradcam.__file__)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    copied = folder / "source"  # nothing is built in the repository itself
    shutil.copytree(
        ROOT / "gradcam", copied / "gradcam", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", copied)
    pip("wheel", copied, "--no-deps", "--no-build-isolation", "--wheel-dir", folder)
    (built,) = folder.glob("gradcam-*.whl")
    return built


def pip(*arguments):
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    done = subprocess.run([*command, "--no-index"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_it_holds_the_core_with_all_of_its_packages_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if not name.startswith("gradcam-")}
    core = {path.relative_to(ROOT).as_posix() for path in (ROOT / "gradcam").rglob("*.py")}
    assert held == core


def test_readme_s_lines_run_in_an_environment_of_its_own_and_give_the_same_map(
    wheel, tmp_path, monkeypatch
):
    env = tmp_path / "env"
    venv.create(env, with_pip=False, symlinks=True)
    python = env / "bin" / "python"
    pip("--python", python, "install", "--no-deps", wheel)
    (site,) = env.glob("lib/python*/site-packages")
    # The libraries that it asks for are there already; they come after its own.
    (site / "installed.pth").write_text(get_path("purelib"))
    (tmp_path / "demo").symlink_to(ROOT / "demo")
    (tmp_path / "lines.py").write_text(python_of("README.md"), encoding="utf-8")
    (tmp_path / "tried.py").write_text(TRIED, encoding="utf-8")
    done = subprocess.run(
        [python, "-I", "tried.py", "lines.py", "result.npz"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(site)
    monkeypatch.chdir(ROOT)
    own = {}
    exec(compile(python_of("README.md"), "README.md", "exec"), own)
    theirs = np.load(tmp_path / "result.npz")
    np.testing.assert_array_equal(theirs["map"], own["result"].maps[0])
    np.testing.assert_array_equal(theirs["picture"], own["picture"])


def asked():
    """What it asks for, the least version of each by name."""
    needed = chain(PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
    return dict(re.match(r"([\w-]+)>=([\d.]+)", each).groups() for each in needed)


def test_it_asks_for_every_library_that_it_imports_and_for_no_other():
    imported = set()
    for path in (ROOT / "gradcam").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(node.module.partition(".")[0])
    provided = packages_distributions()
    brought = {"scipy"}  # by scikit-learn
    wanted = {
        provided[name][0].lower().replace("_", "-")
        for name in imported - sys.stdlib_module_names - {"gradcam"} - brought
    }
    both = {"tensorflow", "tensorflow-cpu"}  # the one or the other, by the machine
    assert wanted & both
    assert set(asked()) == wanted | both


def test_the_dashboard_s_pins_are_allowed_by_the_library():
    pinned = pins("requirements.txt")
    for name, least in asked().items():
        assert [int(part) for part in pinned[name].split(".")] >= [
            int(part) for part in least.split(".")
        ], name
