"""`GRADCAM_FOLD=0`: the demos are answered to the last bit as Keras alone answers them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from services.keeping.digests import context_of
from services.keeping.store import BoundedStore
from services.opening import networks
from services.opening.opening import Opened, open_source
from services.settings import settings
from services.sources.reference import SourceKind, SourceReference

DEMOS = ("cars", "gauge")


@pytest.fixture
def opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, str], Opened]]:
    """Opens a demo, in a server whose owner set the variable."""
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "cache"))

    def open_demo(name: str, fold: str) -> Opened:
        monkeypatch.setenv("GRADCAM_FOLD", fold)
        monkeypatch.setattr(networks, "_networks", BoundedStore(4))
        settings.cache_clear()
        return open_source(SourceReference(SourceKind.DEMO, name))

    yield open_demo
    settings.cache_clear()


def as_keras_runs_it(model: keras.Model, batch: np.ndarray) -> np.ndarray:
    run = tf.function(lambda batch: model(batch, training=False), autograph=False)
    traced = run.get_concrete_function(tf.TensorSpec((None, *batch.shape[1:]), tf.float32))
    return traced(tf.constant(batch)).numpy()


@pytest.mark.parametrize("name", DEMOS)
def test_switched_off_it_answers_to_the_bit_as_keras_does(
    opened: Callable[[str, str], Opened], name: str
) -> None:
    project = opened(name, "0").project
    batch = np.stack(
        [project.medium.read(sample.path, sample.window).tensor for sample in project.samples[:32]]
    )
    expected = as_keras_runs_it(project.network.model.own, batch)
    np.testing.assert_array_equal(project.network.predict(batch), expected)
    folded = opened(name, "1").project.network.predict(batch)
    assert 0 < np.abs(folded - expected).max() <= 1e-5 * np.abs(expected).max()


@pytest.mark.parametrize("name", DEMOS)
def test_either_way_the_verdicts_are_the_same_and_the_numbers_kept_apart(
    opened: Callable[[str, str], Opened], name: str
) -> None:
    plain, folded = (opened(name, fold) for fold in ("0", "1"))
    assert plain.predictions.computed == folded.predictions.computed == len(plain.project.samples)
    np.testing.assert_array_equal(plain.predictions.correct(), folded.predictions.correct())
    contexts = {context_of(each.project.network, each.project.medium) for each in (plain, folded)}
    assert len(contexts) == 2
