"""TensorFlow in a web server: imported late, by one thread, and left alone by Streamlit."""

from __future__ import annotations

import gc
import os
import threading

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
        import keras
        import tensorflow as tf
        from threadpoolctl import threadpool_limits

        # On busy cores, OpenBLAS' threads wait for each other: Eigen-CAM took 50 times as long.
        threadpool_limits(1, user_api="blas")
        keras.backend.clear_session = lambda *_args, **_kwargs: None
        tf.get_logger().setLevel("ERROR")
        gc.collect()
        gc.freeze()
        _loaded.set()
