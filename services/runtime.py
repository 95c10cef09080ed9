"""TensorFlow in a web server: imported late, warmed in the background, left alone by Streamlit."""

from __future__ import annotations

import gc
import logging
import os
import threading

from gradcam import GradcamError
from services.opening import start_opening
from services.sources.reference import SourceReference

log = logging.getLogger(__name__)
_started = threading.Event()


def warm_up(first: SourceReference) -> None:
    """Import TensorFlow and open the first project in the background, once in a process.

    Streamlit calls `keras.backend.clear_session()` and a full garbage collection after every run
    of a page. The first throws every traced function away (a slider step took 857 ms for one
    person and 3 s for eight), the second walks TensorFlow's million objects. Neither helps here:
    networks and traces are shared by all sessions and bounded by our own stores.
    """
    if _started.is_set():
        return
    _started.set()
    threading.Thread(target=_warm_up, args=(first,), name="warm-up", daemon=True).start()


def _warm_up(first: SourceReference) -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        import keras
        import tensorflow as tf

        keras.backend.clear_session = lambda *_args, **_kwargs: None
        tf.get_logger().setLevel("ERROR")
        start_opening(first).wait()
    except (ImportError, GradcamError):
        log.exception("warming up failed")
    gc.collect()
    gc.freeze()
