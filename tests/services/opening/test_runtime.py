"""What TensorFlow's libraries write while they are imported, and what they take of a GPU."""

import logging
import os
import sys
from types import SimpleNamespace

import pytest

from services.opening import runtime
from services.opening.runtime import without_greetings

GREETINGS = (
    b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
    b"I0000 00:00:1795992801.2 32096 port.cc:153] oneDNN custom operations are on.\n"
    b"2026-11-29 22:50:01.1: I tensorflow/core/util/port.cc:153] oneDNN\n"
    b"To enable the following instructions: AVX2, rebuild TensorFlow.\n"
)
FAULTS = b"E0000 00:00:1795992801.2 32096 cuda.cc:1] no memory\nImportError: libc.so\n"


def test_greetings_are_dropped_and_all_else_is_handed_on(capfd):
    with without_greetings():
        os.write(2, GREETINGS + FAULTS)
    assert capfd.readouterr().err == FAULTS.decode()
    os.write(2, GREETINGS)
    assert capfd.readouterr().err == GREETINGS.decode()


def test_an_import_that_fails_loses_nothing(capfd):
    def fails():
        os.write(2, FAULTS)
        raise ImportError

    with pytest.raises(ImportError), without_greetings():
        fails()
    assert capfd.readouterr().err == FAULTS.decode()


def test_a_log_that_was_begun_meanwhile_goes_on(capfd, monkeypatch):
    monkeypatch.setattr(sys, "__stderr__", sys.stderr)
    monkeypatch.setattr(logging, "raiseExceptions", True)
    with without_greetings():
        handler = logging.StreamHandler()
    handler.emit(logging.makeLogRecord({"msg": "still here"}))
    assert capfd.readouterr().err == "still here\n"


def test_of_each_gpu_as_much_memory_is_taken_as_is_needed():
    kinds = {"GPU": ["GPU:0", "GPU:1"], "CPU": ["CPU:0"]}
    grown = []
    config = SimpleNamespace(
        list_physical_devices=kinds.get,
        experimental=SimpleNamespace(set_memory_growth=lambda *given: grown.append(given)),
    )
    runtime._let_memory_grow(SimpleNamespace(config=config))
    assert grown == [("GPU:0", True), ("GPU:1", True)]
