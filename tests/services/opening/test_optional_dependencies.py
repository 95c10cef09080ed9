"""What Keras takes along is refused to who imports it, and to nobody else."""

import os
import subprocess
import sys
import threading
from importlib import import_module, invalidate_caches
from pathlib import Path

import numpy as np
import pytest

from gradcam import load_network
from services.opening.optional_dependencies import refusing

ROOT = Path(__file__).parents[3]


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Two packages that can be imported, and their modules."""
    for name in ("wanted", "unwanted"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
        (tmp_path / name / "inner.py").write_text("value = 7")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in ("wanted", "wanted.inner", "unwanted", "unwanted.inner"):
        sys.modules.pop(name, None)
    invalidate_caches()


@pytest.mark.parametrize("name", ["unwanted", "unwanted.inner"])
def test_a_refused_package_looks_as_if_it_were_not_there(packages, name):
    with refusing({"unwanted"}) as refused:
        with pytest.raises(ModuleNotFoundError) as raised:
            import_module(name)
        assert import_module("wanted.inner").value == 7
    assert raised.value.name == "unwanted"
    assert refused == {"unwanted"}
    assert import_module("unwanted.inner").value == 7


def test_another_thread_imports_it_meanwhile(packages):
    got = []
    with refusing({"unwanted"}) as refused:
        other = threading.Thread(target=lambda: got.append(import_module("unwanted.inner").value))
        other.start()
        other.join()
    assert got == [7]
    assert refused == set()


def test_what_is_imported_already_is_left_alone(packages):
    before = import_module("unwanted")
    with refusing({"unwanted"}):
        assert import_module("unwanted") is before
        assert import_module("unwanted.inner").value == 7


def test_nothing_is_left_behind_whatever_happens(packages):
    before = list(sys.meta_path)
    with pytest.raises(ValueError, match="halfway"), refusing({"unwanted"}):
        raise ValueError("halfway")
    assert sys.meta_path == before


def test_a_finder_that_somebody_adds_meanwhile_stays():
    added = type("Added", (), {"find_spec": lambda *_: None})()
    with refusing({"unwanted"}):
        sys.meta_path.append(added)
    assert added in sys.meta_path
    sys.meta_path.remove(added)


def test_a_thread_that_is_importing_just_then_misses_no_finder():
    """It goes through the list that it began with, which therefore stays as it is."""
    before = sys.meta_path
    held = list(before)
    with refusing({"unwanted"}):
        inside = sys.meta_path
        held_inside = list(inside)
    assert before == held
    assert inside == held_inside


# ------------------------------------------------------------------------------- in a real process

OWN = """
import gc, sys
from contextlib import contextmanager
from services.opening import runtime

REFUSING, PACKAGES, before = runtime.refusing, runtime.KERAS_DOES_WITHOUT, list(sys.meta_path)

@contextmanager
def heard(packages):
    global refused, interval
    interval = sys.getswitchinterval()
    with REFUSING(packages) as refused:
        yield refused

runtime.refusing = heard
asked = []  # whose GPUs are looked for
runtime._let_memory_grow = asked.append
passes = []  # generations in which garbage was looked for
gc.callbacks.append(lambda phase, info: passes.append(info["generation"] * (phase == "start")))
try:
    runtime.load_tensorflow()
except ImportError as error:
    if error.name in PACKAGES:
        sys.exit(f"Keras does not start without {error.name} any more: "
                 "take it out of runtime.KERAS_DOES_WITHOUT")
    raise
if idle := PACKAGES - refused:
    sys.exit(f"Keras does not ask for {sorted(idle)} any more: "
             "take them out of runtime.KERAS_DOES_WITHOUT")
if came := PACKAGES & set(sys.modules):
    sys.exit(f"{sorted(came)} came along with Keras all the same")
gc.callbacks.clear()
assert [module.__name__ for module in asked] == ["tensorflow"]
assert passes.count(2) == 1 and gc.isenabled() and gc.get_freeze_count() > 100_000
assert interval < 0.001 < sys.getswitchinterval()  # others get the lock soon; then as ever
assert all(finder in sys.meta_path for finder in before)
assert not [finder for finder in sys.meta_path if type(finder).__module__.startswith("services")]
"""
AFTERWARDS = """
import gradcam, numpy as np
network = gradcam.load_network("demo/cars/model.h5")
picture = np.linspace(0, 1, np.prod(network.layout.picture), dtype=np.float32)
print(*network.predict(picture.reshape(1, *network.layout.picture))[0].tolist())

for name in sorted(PACKAGES):
    assert __import__(name).__version__
import pandas
from sklearn.cluster import KMeans
assert pandas.DataFrame({"a": [1, 2]})["a"].sum() == 3
groups = KMeans(2, n_init=1, random_state=0).fit([[0.0], [0.1], [9.0]]).labels_
assert groups[0] == groups[1] != groups[2]

from threadpoolctl import threadpool_info
threads = {each["filepath"]: each["num_threads"] for each in threadpool_info()
           if each["user_api"] == "blas"}
assert any("scipy.libs" in path for path in threads) and set(threads.values()) == {1}, threads
"""
TOGETHER = """
import threading
from importlib import import_module
from services.opening.runtime import load_tensorflow

both, trouble = threading.Barrier(2), []

def other():
    both.wait()
    try:
        import_module("sklearn.cluster").KMeans
        import_module("pandas").DataFrame
    except BaseException as error:
        trouble.append(error)

thread = threading.Thread(target=other)
thread.start()
both.wait()
load_tensorflow()
thread.join()
assert trouble == [], trouble
import keras
assert keras.ops.convert_to_numpy(keras.ops.sum([1.0, 2.0])) == 3.0
"""


def in_a_process(code):
    """Runs it; what it printed. It fails with the last thing that the process says."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, "-B", "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_keras_takes_each_of_them_as_optional_and_all_work_once_it_is_there():
    said = in_a_process(OWN + AFTERWARDS)
    network = load_network(ROOT / "demo" / "cars" / "model.h5")
    picture = np.linspace(0, 1, np.prod(network.layout.picture), dtype=np.float32)
    expected = network.predict(picture.reshape(1, *network.layout.picture))[0]
    np.testing.assert_allclose([float(word) for word in said.split()], expected, rtol=1e-6)


def test_another_thread_imports_scikit_learn_while_tensorflow_comes():
    assert in_a_process(TOGETHER) == ""
