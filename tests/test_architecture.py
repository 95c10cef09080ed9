"""The house's rules, read from the source: which way imports point, and how large files grow."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Each part and the parts it may import, itself included.
MAY_IMPORT = {
    "app": {"components"},
    "pages": {"components", "services", "gradcam"},
    "components": {"components", "services", "gradcam"},
    "services": {"services", "gradcam"},
    "gradcam": {"gradcam"},
}
OURS = {"app", "block", "pages", "components", "services", "gradcam", "demo", "benchmarks", "tests"}
HEAVY = {"tensorflow", "keras", "tf_keras", "h5py"}
OUTSIDE_WORLD = {"streamlit", "requests", "urllib", "http", "socket", "time", "datetime"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc"}


def files_of(part):
    return sorted((ROOT / part).rglob("*.py")) if part != "app" else [ROOT / "app.py"]


PRODUCT = [path for part in MAY_IMPORT for path in files_of(part)]


def shown(path):
    return path.relative_to(ROOT).as_posix()


def imported(nodes, path):
    """First names of what is imported by some nodes of a file."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield path.relative_to(ROOT).parts[: len(path.relative_to(ROOT).parts) - node.level][0]
        elif isinstance(node, ast.ImportFrom):
            yield node.module.split(".")[0]


def run_at_import(tree):
    """Nodes of a file that run when it is imported: everything outside functions."""
    todo = list(tree.body)
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            todo += ast.iter_child_nodes(node)


def all_imports(path):
    return set(imported(ast.walk(ast.parse(path.read_text(encoding="utf-8"))), path))


def top_imports(path):
    return set(imported(run_at_import(ast.parse(path.read_text(encoding="utf-8"))), path))


def lines_of(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def test_every_part_is_read():
    empty = [part for part in MAY_IMPORT if not any(lines_of(path) for path in files_of(part))]
    assert not empty


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_imports_point_down(part):
    wrong = {
        shown(path): sorted(found)
        for path in files_of(part)
        if (found := (all_imports(path) & OURS) - MAY_IMPORT[part])
    }
    assert wrong == {}


def test_the_core_knows_no_page_no_network_and_no_clock():
    wrong = {
        shown(path): sorted(found)
        for path in files_of("gradcam")
        if (found := all_imports(path) & OUTSIDE_WORLD)
    }
    assert wrong == {}


def test_only_the_session_pages_and_components_know_streamlit():
    knowing = {
        shown(path)
        for part in ("app", "gradcam", "services")
        for path in files_of(part)
        if "streamlit" in all_imports(path)
    }
    assert knowing == {"services/session.py"}


def test_only_edge_impulse_reaches_over_the_network():
    reaching = {
        path.parent.relative_to(ROOT).as_posix()
        for path in PRODUCT
        if all_imports(path) & {"requests", "urllib3", "socket", "http"}
    }
    assert reaching == {"services/edge_impulse"}


def test_tensorflow_is_imported_only_where_it_is_needed():
    wrong = {shown(path): sorted(found) for path in PRODUCT if (found := top_imports(path) & HEAVY)}
    assert wrong == {}


@pytest.mark.parametrize("module", ["gradcam", "services.opening.opening"])
def test_importing_does_not_wait_for_tensorflow(module):
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert module in loaded
    assert loaded & (HEAVY | {"streamlit"}) == set()


def test_no_module_has_a_vague_name():
    parts = [*MAY_IMPORT, "demo", "benchmarks", "tests"]
    paths = [path for part in parts for path in files_of(part)]
    assert [shown(path) for path in paths if VAGUE & {path.stem, path.parent.name}] == []


def test_no_file_is_longer_than_350_lines():
    assert {shown(path): n for path in PRODUCT if (n := lines_of(path)) > 350} == {}


def test_pages_stay_under_100_lines():
    assert {shown(path): n for path in files_of("pages") if (n := lines_of(path)) >= 100} == {}


def test_the_app_stays_under_40_lines():
    assert lines_of(ROOT / "app.py") < 40
