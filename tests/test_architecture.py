"""The house's rules, read from the source: which way imports point, and how large files grow."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Each part and the parts it may import, itself included.
MAY_IMPORT = {
    "app": {"components", "gate"},
    "dashboard": {"components", "gate"},
    "gate": {"gate", "components", "services", "gradcam"},
    "pages": {"components", "services", "gradcam"},
    "components": {"components", "services", "gradcam"},
    "block": {"command", "services", "gradcam"},
    "command": {"command", "services", "gradcam"},
    "services": {"services", "gradcam"},
    "gradcam": {"gradcam"},
}
OURS = {
    "app",
    "dashboard",
    "gate",
    "block",
    "command",
    "pages",
    "components",
    "services",
    "gradcam",
    "demo",
    "benchmarks",
    "hosting",
    "tests",
}
HEAVY = {"tensorflow", "keras", "tf_keras", "h5py"}
# What takes its time and is wanted by few: tables, figures, statistics.
LARGE = {"pandas", "plotly", "scipy", "sklearn", "skimage", "lime", "umap", "matplotlib"}
OUTSIDE_WORLD = {"streamlit", "requests", "urllib", "http", "socket", "time", "datetime"}
HANDS = {"Thread", "ThreadPoolExecutor", "ProcessPoolExecutor", "OneProcess"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc"}


def files_of(part):
    file = ROOT / f"{part}.py"
    return [file] if file.is_file() else sorted((ROOT / part).rglob("*.py"))


PRODUCT = [path for part in MAY_IMPORT for path in files_of(part)]


def shown(path):
    return path.relative_to(ROOT).as_posix()


def is_behind_the_face(path):
    """Whether a file may know what networks are computed with."""
    return shown(path).startswith("gradcam/backends/") or path.name == "runtime.py"


KNOWING_NO_LIBRARY = [path for path in PRODUCT if not is_behind_the_face(path)]


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
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            todo += ast.iter_child_nodes(node)


def all_imports(path):
    return set(imported(ast.walk(ast.parse(path.read_text(encoding="utf-8"))), path))


def top_imports(path):
    return set(imported(run_at_import(ast.parse(path.read_text(encoding="utf-8"))), path))


def modules_of(path):
    """Whole names of the modules that a file imports anything from."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def words_of(path):
    """Names and whole strings of a file, as code asks for classes by."""
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    found = set()
    for node in tree:
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.Constant(value=str(word)):
                found.add(word)
    return found


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


def test_what_a_team_is_hosted_with_imports_nothing_of_the_dashboard():
    wrong = {
        shown(path): sorted(all_imports(path) & (OURS - {"hosting"}))
        for path in files_of("hosting")
    }
    assert len(wrong) > 1
    assert not any(wrong.values())


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
        for part in ("command", "dashboard", "gradcam", "services")
        for path in files_of(part)
        if "streamlit" in all_imports(path)
    }
    assert knowing == {"services/session.py", "services/asking.py"}


def test_only_edge_impulse_and_clusters_are_reached_over_the_network():
    reaching = {
        path.parent.relative_to(ROOT).as_posix()
        for path in PRODUCT
        if all_imports(path) & {"requests", "urllib3", "socket", "http"}
    }
    assert reaching == {"services/edge_impulse", "services/engines"}


def test_only_back_ends_and_what_starts_them_import_tensorflow_or_keras():
    wrong = {
        shown(path): sorted(found)
        for path in KNOWING_NO_LIBRARY
        if (found := all_imports(path) & HEAVY)
    }
    assert wrong == {}
    assert {"tensorflow", "keras", "h5py"} <= {
        name for path in PRODUCT if is_behind_the_face(path) for name in all_imports(path)
    }


def test_only_back_ends_know_keras_classes_by_name():
    import keras

    # One hump may be a plain word, as `Add` and `Layer` are; these plain ones are Keras' as well.
    classes = {name for name in vars(keras.layers) if re.search(r"[a-z][A-Z]|\d", name)}
    classes |= {"Dense", "Flatten", "Reshape", "Softmax"}
    classes -= {"InputSpec"}  # ours is another thing
    assert {"Conv2D", "InputLayer", "GlobalAveragePooling2D"} <= classes
    wrong = {
        shown(path): sorted(found)
        for path in KNOWING_NO_LIBRARY
        if (found := words_of(path) & classes)
    }
    assert wrong == {}


def test_nobody_reaches_behind_the_face_of_a_network():
    wrong = {
        shown(path): sorted(found)
        for path in KNOWING_NO_LIBRARY
        if shown(path) != "gradcam/loading.py"  # it chooses among them
        and (found := {name for name in modules_of(path) if name.startswith("gradcam.backends")})
    }
    assert wrong == {}


def test_what_takes_time_is_imported_only_where_it_is_needed():
    wrong = {
        shown(path): sorted(found)
        for path in PRODUCT
        if (found := top_imports(path) & (HEAVY | LARGE))
    }
    assert wrong == {}
    assert {"pandas", "plotly", "scipy", "sklearn"} <= {
        name for path in PRODUCT for name in all_imports(path)
    }


@pytest.mark.parametrize("module", ["gradcam", "services.opening.opening"])
def test_importing_does_not_wait_for_tensorflow(module):
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert module in loaded
    assert loaded & (HEAVY | {"streamlit"}) == set()


def test_only_the_workshop_has_hands_of_its_own():
    """All others use threads within one job, or once at the start."""
    at_import = {
        shown(path)
        for path in PRODUCT
        for node in run_at_import(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) in HANDS
    }
    assert at_import == {"services/asking.py"}


def test_only_the_workshop_and_a_terminal_end_work():
    """All others leave a job: somebody else may wait for it."""
    ending = {
        shown(path)
        for path in PRODUCT
        if re.search(r"progress\.cancel\(", path.read_text(encoding="utf-8"))
    }
    assert ending == {"services/work/one_process.py", "command/console.py"}


def test_no_module_has_a_vague_name():
    parts = [*MAY_IMPORT, "demo", "benchmarks", "hosting", "tests"]
    paths = [path for part in parts for path in files_of(part)]
    assert [shown(path) for path in paths if VAGUE & {path.stem, path.parent.name}] == []


def test_no_file_is_longer_than_350_lines():
    assert {shown(path): n for path in PRODUCT if (n := lines_of(path)) > 350} == {}


def test_pages_stay_under_100_lines():
    assert {shown(path): n for path in files_of("pages") if (n := lines_of(path)) >= 100} == {}


def test_the_app_stays_under_40_lines():
    assert lines_of(ROOT / "app.py") + lines_of(ROOT / "dashboard.py") < 40


def test_of_streamlit_the_gate_knows_one_module():
    knowing = {shown(path) for path in files_of("gate") if "streamlit" in all_imports(path)}
    assert knowing == {"gate/streamlit_inside.py"}


def test_the_gate_draws_by_the_pages_for_strangers_alone():
    drawing = {
        name
        for path in files_of("gate")
        for name in modules_of(path)
        if name.startswith("components.")
    }
    assert {name for name in drawing if not name.startswith("components.sign_in")} == set()


# ------------------------------------------------------------------------ rooms within a part

PLAIN = {
    "errors",
    "settings",
    "alternative",
    "tables",
    "sample",
    "label_sets",
    "spelling",
    "imagenet",
    "class_list",
    "fact",
    "numbers",
    "short_names",
    "bucket",
    "metrics",
    "log_context",
}  # values and words, for everybody
# Each room of services and components, and the rooms of the same part that it may import.
ROOMS = {
    "services": {
        **{name: set() for name in PLAIN},
        "spelling": {"imagenet"},
        "class_list": {"imagenet", "spelling"},
        "metrics": {"errors"},
        "keeping": PLAIN,
        "database": PLAIN | {"keeping"},
        "notes": PLAIN | {"database", "keeping", "people"},
        "people": PLAIN | {"database", "keeping"},
        "sharing": PLAIN | {"database", "keeping", "people"},
        "work": PLAIN,
        "engines": PLAIN | {"keeping", "project", "work"},
        "media": PLAIN | {"work"},
        "tasks": PLAIN,
        "project": PLAIN | {"keeping", "media", "tasks"},
        "predictions": PLAIN | {"engines", "keeping", "media", "project", "tasks", "work"},
        "findings": PLAIN | {"keeping"},
        "choices": PLAIN
        | {"findings", "media", "notes", "people", "predictions", "project", "tasks"},
        "sources": PLAIN | {"keeping", "media", "people", "project", "sharing", "tasks"},
        "edge_impulse": PLAIN
        | {"keeping", "media", "people", "predictions", "project", "sharing", "sources"}
        | {"tasks", "work"},
        "buckets": PLAIN | {"keeping", "project", "sources", "tasks", "media", "work"},
        "opening": PLAIN
        | {
            "buckets",
            "edge_impulse",
            "keeping",
            "media",
            "predictions",
            "project",
            "sources",
            "tasks",
        }
        | {"work"},
        "heatmaps": PLAIN
        | {"choices", "keeping", "media", "predictions", "project", "tasks", "work"},
        "judging": PLAIN
        | {"choices", "heatmaps", "keeping", "media", "predictions", "project", "tasks", "work"},
        "comparing": PLAIN
        | {"choices", "edge_impulse", "heatmaps", "inside", "keeping", "media", "opening"}
        | {"predictions", "project", "sources", "tasks", "work"},
        "device": PLAIN
        | {"choices", "export", "heatmaps", "keeping", "media", "opening", "own", "predictions"}
        | {"project", "work"},
        "inside": PLAIN | {"keeping", "project", "work"},
        "embedding": PLAIN
        | {
            "choices",
            "engines",
            "heatmaps",
            "keeping",
            "media",
            "predictions",
            "project",
            "tasks",
            "work",
        },
        "scan": PLAIN
        | {
            "choices",
            "engines",
            "findings",
            "heatmaps",
            "keeping",
            "media",
            "predictions",
            "project",
        }
        | {"tasks", "work"},
        "lists": PLAIN
        | {"choices", "embedding", "findings", "notes", "predictions", "scan", "tasks", "work"},
        "export": PLAIN
        | {"choices", "comparing", "engines", "findings", "heatmaps", "keeping", "media", "notes"}
        | {"opening"}
        | {"people", "predictions", "project", "scan", "sharing", "sources", "tasks", "work"},
        "writing_back": PLAIN | {"database", "edge_impulse", "keeping", "notes", "people", "work"},
        "own": PLAIN | {"keeping", "media", "opening", "predictions", "project", "tasks"},
        "administration": PLAIN | {"asking", "keeping", "people", "work"},
        "readiness": PLAIN | {"asking", "choices", "database", "heatmaps", "keeping", "opening"},
        "page_run": PLAIN | {"asking", "session"},
        "watching": PLAIN | {"asking", "heatmaps", "keeping", "readiness", "work"},
        "replicas": PLAIN | {"database", "work"},
        "asking": PLAIN | {"people", "replicas", "work"},
        "landing": PLAIN
        | {"choices", "edge_impulse", "opening", "people", "sharing", "sources", "work"},
        "session": PLAIN
        | {"asking", "choices", "edge_impulse", "keeping", "landing", "opening", "own", "people"}
        | {"sources", "work"},
        "team_session": PLAIN
        | {"landing", "notes", "opening", "people", "session", "sharing", "studio_session"},
        "studio_session": PLAIN | {"edge_impulse", "landing", "opening", "people", "session"},
    },
    "components": {
        "address": {"programs"},
        "programs": set(),
        "heat": set(),
        "listening": {"heat", "programs"},
        "frame": {"address", "listening", "programs"},
        "board": {"frame", "heat", "listening", "programs"},
        "tiles": {"board", "frame"},
        "peek": {"board", "frame", "programs", "tiles"},
        "keys": {"frame", "programs"},
        "flags": {"controls", "frame", "keys", "tiles"},
        "figures": {"frame", "tiles"},
        "controls": {"frame", "keys", "tiles"},
        "brought": {"frame", "programs"},
        "sign_in": set(),
        "views": {"board", "brought", "controls", "figures", "flags", "frame", "keys"}
        | {"listening", "peek", "tiles"},
    },
}


def module_of(path):
    name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    return name.removesuffix(".__init__")


def modules_imported(path, known):
    """Modules of ours that a file imports, wherever it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                if (found := inner if inner in known else node.module) in known:
                    yield found


def circles(arrows):
    """What imports itself in the end: whatever is left once all that import nothing are gone."""
    left = {name: set(to) - {name} for name, to in arrows.items()}
    while ground := [name for name, to in left.items() if not to & set(left)]:
        for name in ground:
            del left[name]
    return {name: sorted(to & set(left)) for name, to in left.items()}


@pytest.fixture(scope="module")
def arrows():
    """Which module imports which."""
    known = {module_of(path) for path in PRODUCT}
    return {module_of(path): set(modules_imported(path, known)) for path in PRODUCT}


def room_arrows(arrows, part):
    """Which room of a part imports which."""
    rooms = {}
    for module, imported_modules in arrows.items():
        if module.startswith(f"{part}."):
            to = {name.split(".")[1] for name in imported_modules if name.startswith(f"{part}.")}
            rooms.setdefault(module.split(".")[1], set()).update(to)
    return {room: to - {room} for room, to in rooms.items()}


def test_no_module_imports_itself_in_the_end(arrows):
    assert circles(arrows) == {}


@pytest.mark.parametrize("part", ROOMS)
def test_rooms_import_what_the_table_says(arrows, part):
    rooms = room_arrows(arrows, part)
    assert set(rooms) <= set(ROOMS[part])
    wrong = {room: sorted(over) for room, to in rooms.items() if (over := to - ROOMS[part][room])}
    assert wrong == {}


@pytest.mark.parametrize("part", ROOMS)
def test_the_table_has_no_circle_either(part):
    assert circles(ROOMS[part]) == {}


def test_a_circle_is_seen():
    found = circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}})
    assert found == {"b": ["c"], "c": ["b"], "a": ["b"], "d": ["a"]}


# ------------------------------------------------------------------------------------- names

# Names with one meaning each that stand in several modules, and why they may.
SAME_EVERYWHERE = {
    "ask": "each rule of the scan puts its questions; the session puts a person's",
    "log": "each module's own logger",
    "main": "each command begins with it",
}


def public_names(path):
    """Functions, classes and type aliases that others may import from a file."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names = [name]
            case ast.Assign(targets=targets):
                names = [target.id for target in targets if isinstance(target, ast.Name)]
            case ast.AnnAssign(target=ast.Name(id=name)):
                names = [name]
            case _:
                names = []
        # What is in capitals is a module's own constant.
        yield from (name for name in names if not name.startswith("_") and not name.isupper())


def bound_names(path):
    """Parameters and variables of a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name


def test_a_public_name_stands_in_one_module():
    homes = {}
    for path in PRODUCT:
        if path.parent.name not in {"pages", "versions"}:  # whose names are their own
            for name in public_names(path):
                homes.setdefault(name, set()).add(shown(path))
    doubled = {name: sorted(paths) for name, paths in homes.items() if len(paths) > 1}
    assert {name: paths for name, paths in doubled.items() if name not in SAME_EVERYWHERE} == {}
    assert set(SAME_EVERYWHERE) <= set(doubled)


def constants_imported(path):
    """Constants of ours that a file takes from others, and from which."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in OURS:
            yield from ((alias.name, node.module) for alias in node.names if alias.name.isupper())


def home_of(name, module):
    """Where a constant stands that a package may only show."""
    face = ROOT / module.replace(".", "/") / "__init__.py"
    return dict(constants_imported(face)).get(name, module) if face.is_file() else module


def test_a_constant_that_others_use_has_one_meaning():
    homes = {}
    for path in PRODUCT:
        for name, module in constants_imported(path):
            homes.setdefault(name, set()).add(home_of(name, module))
    assert {name: sorted(modules) for name, modules in homes.items() if len(modules) > 1} == {}


def test_a_value_is_called_what_it_is_and_not_found():
    assert [shown(path) for path in PRODUCT if "found" in bound_names(path)] == []
