"""TensorFlow in a web server: imported late, by one thread, and left alone by Streamlit."""

from __future__ import annotations

import gc
import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from services.opening.optional_dependencies import refusing

# What Keras takes along where it is installed, for what nobody here asks it for: wrappers for
# scikit-learn, galleries of pictures, data frames to train on, an editor of files in notebooks.
# Importing them took a third of the start. Only here: in a notebook that imports `gradcam` Keras
# is the notebook's own, and would stay without them.
KERAS_DOES_WITHOUT = frozenset({"IPython", "matplotlib", "pandas", "scipy", "sklearn"})

SHORT = 0.0005  # seconds between two chances of other threads while TensorFlow is imported

# What its libraries greet with, whatever TF_CPP_MIN_LOG_LEVEL says: absl writes before it is told.
GREETING = re.compile(
    rb"WARNING: All log messages before absl|[IW]\d{4} |[\d-]+ [\d:.]+: [IW] "
    rb"|To enable the following instructions"
)

_lock = threading.Lock()
_loaded = threading.Event()


def tensorflow_is_loaded() -> bool:
    """Whether `load_tensorflow` has done its work."""
    return _loaded.is_set()


def load_tensorflow() -> None:
    """Import TensorFlow and Keras, once; whoever comes meanwhile waits.

    Streamlit calls `keras.backend.clear_session()` and a full garbage collection after every run
    of a page. The first throws every traced function away (a slider step took 857 ms for one
    person and 3 s for eight), the second walks TensorFlow's million objects. Neither helps here:
    networks and traces are shared by all sessions and bounded by our own stores.
    """
    if _loaded.is_set():
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _lock:  # two threads in Keras' circular imports see half of it
        if _loaded.is_set():
            return
        with _frozen(), _giving_way(), without_greetings(), refusing(KERAS_DOES_WITHOUT):
            import keras
            import tensorflow as tf

            _let_memory_grow(tf)
        from threadpoolctl import threadpool_limits

        # On busy cores, OpenBLAS' threads wait for each other: Eigen-CAM took 50 times as long.
        threadpool_limits(1, user_api="blas")
        os.environ["OPENBLAS_NUM_THREADS"] = "1"  # SciPy comes later, and has its own
        keras.backend.clear_session = lambda *_args, **_kwargs: None
        tf.get_logger().setLevel("ERROR")
        _loaded.set()


def _let_memory_grow(tf: Any) -> None:  # noqa: ANN401 - the module
    """Take of a GPU's memory what is needed, as it is needed: TensorFlow would take all of it.

    Several processes share a GPU (replicas, workers of an export), and what else runs on it.
    """
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)


@contextmanager
def _frozen() -> Iterator[None]:
    """Have no garbage looked for inside the block; what it leaves is never walked again.

    An import makes a million objects and hardly any garbage: passes over them took a tenth of it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.collect()
        gc.freeze()
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _giving_way() -> Iterator[None]:
    """Let other threads have the interpreter's lock sooner than Python's 5 ms.

    A page that is drawn meanwhile hands it to and fro a hundred times, and waited for each.
    """
    interval = sys.getswitchinterval()
    sys.setswitchinterval(SHORT)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


@contextmanager
def without_greetings() -> Iterator[None]:
    """Keep what is written to the process' stderr meanwhile, and hand on all but the greetings.

    What Python itself writes there, such as a progress bar, goes on.
    """
    sys.stderr.flush()
    terminal, python = os.dup(2), sys.stderr
    own = python is sys.__stderr__  # a test or a notebook has another one
    # Not closed here: a handler of a log that was made meanwhile keeps it.
    direct = os.fdopen(terminal, "w", buffering=1)
    with tempfile.TemporaryFile() as kept:
        os.dup2(kept.fileno(), 2)
        if own:
            sys.stderr = direct
        try:
            yield
        finally:
            sys.stderr = python
            os.dup2(direct.fileno(), 2)
            kept.seek(0)
            told = [line for line in kept if not GREETING.match(line)]
            os.write(2, b"".join(told))
