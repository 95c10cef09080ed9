"""A tab, a slider, an order: what they do not change is not worked out again, on any page."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import tensorflow as tf
from streamlit.testing.v1 import AppTest

from services.settings import settings
from services.work.job import Job
from tests.forgetting import forget_all
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "dashboard.py"


@dataclass
class Work:
    """What was worked out: runs of TensorFlow, and jobs in the background."""

    runs: int = 0
    jobs: int = 0

    def since(self, before: "Work") -> tuple[int, int]:
        return self.runs - before.runs, self.jobs - before.jobs


@pytest.fixture(scope="module")
def work():
    """Counts from now on; every run of a network is a call of a traced function."""
    counted = Work()
    traced = type(tf.function(lambda: tf.constant(1)).get_concrete_function())
    with pytest.MonkeyPatch.context() as patch:
        call, run = traced.__call__, Job.run

        def counted_call(self, *args, **kwargs):
            counted.runs += 1
            return call(self, *args, **kwargs)

        def counted_run(self, work):
            counted.jobs += 1
            run(self, work)

        patch.setattr(traced, "__call__", counted_call)
        patch.setattr(Job, "run", counted_run)
        yield counted


class Person:
    """Somebody who uses the dashboard, without a browser."""

    def __init__(self, app: AppTest, work: Work) -> None:
        self.app, self.work = app, work

    def settle(self) -> None:
        """Run until nothing is on its way; a run waits a little for what it began."""
        for _ in range(2000):
            self.app.run()
            assert not self.app.exception
            if not self._waits():
                return
        raise AssertionError("the page is still busy")

    def _waits(self) -> bool:
        return any(str(button.key).startswith("stop_") for button in self.app.button)

    def go(self, page: str) -> None:
        self.app.switch_page(f"pages/{page}.py")
        self.settle()
        assert [title.value for title in self.app.title] == [page.capitalize()]

    def set(self, key: str, value: object) -> tuple[int, int]:
        """Change a choice; gives the runs of TensorFlow and the jobs that came of it."""
        before = Work(self.work.runs, self.work.jobs)
        self.app.get_by_key(key).set_value(value)
        self.settle()
        return self.work.since(before)

    def press(self, key: str) -> None:
        self.app.get_by_key(key).click()
        self.settle()

    def visit(self, page: str) -> tuple[int, int]:
        before = Work(self.work.runs, self.work.jobs)
        self.go(page)
        return self.work.since(before)


@pytest.fixture(scope="module")
def person(work, tmp_path_factory):
    """On the demo's cars, with a cache folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADCAM_CACHE", str(tmp_path_factory.mktemp("cache")))
        settings.cache_clear()
        forget_all()  # a scan that another test made in this process has no button
        app = AppTest.from_file(str(APP), default_timeout=PATIENCE)
        app.query_params["source"] = "demo:cars"
        somebody = Person(app, work)
        somebody.settle()
        yield somebody
    settings.cache_clear()


def test_mistakes(person):
    person.go("mistakes")
    facets = ("By picture", "How sure it is", "By class")
    first = [person.set("facet", facet) for facet in facets]
    assert first[0] != (0, 0)  # the pictures' properties, and heatmaps that no page had shown
    assert [person.set("facet", facet) for facet in facets] == [(0, 0)] * 3
    assert person.set("counting", "Rates") == (0, 0)
    person.set("facet", "How sure it is")
    assert person.set("bins", 5) == (0, 0)
    person.set("facet", "By picture")
    for change in (("percentile", 95.0), ("percentile", 100.0), ("pooling", "sum_abs")):
        assert person.set(*change) == (0, 0)
    runs, _ = person.set("which", "Unsure and wrong")  # other pictures
    assert runs > 0
    assert person.set("which", "Sure and wrong") == (0, 0)


def test_layers(person):
    person.go("layers")
    views = ("Activation maps", "One channel", "Learned filters", "Layer by layer")
    first = [person.set("layers_view", view) for view in views]
    again = [person.set("layers_view", view) for view in views]
    assert first[0][1] > 0  # channels are counted over the test set
    assert again == [(0, 0)] * 4
    person.set("layers_view", "Activation maps")
    for change in (("channel_sort", "Number"), ("channels_shown", 0), ("shared_scale", True)):
        assert person.set(*change) == (0, 0)
    person.set("layers_view", "Learned filters")
    assert person.set("filter_sort", "Mean") == (0, 0)
    person.set("layers_view", "Layer by layer")
    for change in (("percentile", 100.0), ("percentile", 97.0)):
        assert person.set(*change) == (0, 0)
    runs, _ = person.set("layer_rows", 2)  # another sample
    assert runs > 0
    assert person.set("layer_rows", 1) == (0, 0)


def test_embeddings(person):
    person.go("embeddings")
    for colour in ("Predicted", "Verdict", "Confidence", "Cluster", "True"):
        assert person.set("colouring", colour) == (0, 0)
    drawn = person.set("reduction", "PCA")
    assert drawn == (0, 1)  # from the features that are there
    assert person.set("reduction", "t-SNE") == (0, 0)
    assert person.set("neighbours", 8)[0] == 0
    assert person.set("reduction", "UMAP (not installed)") == (0, 0)  # t-SNE stands in
    (told,) = [each.value for each in person.app.info]
    assert "t-SNE is shown" in told
    assert "pip install umap-learn" in told
    assert "Class separation" in {each.value for each in person.app.subheader}


def test_scan(person):
    person.go("scan")
    before = person.work.runs
    person.press("make_scan")
    assert person.work.runs > before
    assert person.visit("network") == (0, 0)
    assert person.visit("scan") == (0, 0)
    assert person.set("percentile", 98.0) == (0, 0)
    runs, jobs = person.set("layer", "parts_relu")
    assert (runs, jobs) == (0, 0)  # another layer is another scan, and that has its button
    assert [button.key for button in person.app.button if button.key == "make_scan"]


def test_network(person):
    person.go("network")
    assert person.set("share", "Multiply-adds") == (0, 0)
    before = person.work.runs
    person.press("make_latency")
    assert person.work.runs > before
    assert person.set("share", "Parameters") == (0, 0)


def test_coming_back_to_a_page(person):
    pages = ("samples", "explain", "review", "mistakes", "layers", "embeddings")
    for page in pages:
        person.go(page)
    assert [person.visit(page) for page in pages] == [(0, 0)] * len(pages)
