import pytest

from tests.studio import Variant, demo_project, running_studio
from tests.studio.caller import Caller


def scored_by_label(block, sample, variant):
    """Results without TensorFlow: sure of cars, less sure of their absence."""
    if len(block.class_names) == 1:
        return (float(sample.label) + 0.25,)
    sure, doubt = (0.875, 0.125) if variant is Variant.FLOAT32 else (0.75, 0.25)
    return (sure, doubt) if sample.label == "car" else (0.5, 0.5)


@pytest.fixture
def cars():
    project = demo_project("cars", 1)
    project.results = scored_by_label
    return project


@pytest.fixture
def gauge():
    project = demo_project("gauge", 2)
    project.results = scored_by_label
    return project


@pytest.fixture
def studio(cars, gauge):
    with running_studio(cars, gauge) as running:
        yield running


@pytest.fixture
def call(studio):
    return Caller(studio, 1, "ei_demo_cars")


@pytest.fixture
def call_gauge(studio):
    return Caller(studio, 2, "ei_demo_gauge")
