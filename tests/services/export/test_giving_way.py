"""An export never holds up others: long work starts within one batch, and latency is told alone."""

import threading

import pytest

from gradcam import METHODS
from services.choices.choices import Choices
from services.choices.recipe import Recipe
from services.export import batches, making
from services.export.background import requested
from services.export.job import export as export_folder
from services.heatmaps import heatmaps as maps
from services.heatmaps.slow import wanted
from services.inside import latency
from services.inside.latency import Timing
from services.keeping.store import BoundedStore
from services.opening.opening import open_source
from services.sources.reference import SourceKind, SourceReference
from services.work.asker import Asker
from tests.services.export.exports import MANIFEST, prints_of, spotted
from tests.services.projects import folder_project
from tests.waiting import PATIENCE

COUNT = 40
RISE = Recipe(method=METHODS["rise"], method_settings="masks=50")


@pytest.fixture
def opened(contrast_file, tmp_path, monkeypatch):
    monkeypatch.setattr(making, "BATCH_SIZE", 8)
    monkeypatch.setattr(latency, "_measured", BoundedStore(8))
    spotted(tmp_path / "project" / "testing", COUNT)
    folder_project(tmp_path / "project", contrast_file, {}, MANIFEST)
    return open_source(SourceReference(SourceKind.FOLDER, str(tmp_path / "project")))


@pytest.fixture
def log(monkeypatch):
    """What was begun: "export" for each of its batches, "rise", "latency"."""
    begun = []

    def logged(module, name, what):
        original = getattr(module, name)

        def called(*given, **settings):
            begun.append(what)
            return original(*given, **settings)

        monkeypatch.setattr(module, name, called)

    logged(making, "explain_batch", "export")
    logged(maps, "explain", "rise")
    logged(latency, "measure", "latency")
    return begun


@pytest.fixture
def held(log, monkeypatch):
    """Holds an export in its first batch until it is told to go on."""
    reached, go_on = threading.Event(), threading.Event()
    original = making.explain_batch

    def holding(*given):
        found = original(*given)
        if log.count("export") == 1:
            reached.set()
            assert go_on.wait(PATIENCE)
        return found

    monkeypatch.setattr(making, "explain_batch", holding)
    yield reached, go_on
    go_on.set()


@pytest.mark.parametrize("shared_scale", [False, True])
@pytest.mark.parametrize("what", ["rise", "latency"])
def test_it_starts_before_the_export_s_next_batch(
    opened, workshop, log, held, what, shared_scale, tmp_path
):
    reached, go_on = held
    request = requested(opened, Choices(recipe=Recipe(shared_scale=shared_scale)))
    export = workshop.ask(request, Asker("ann"))
    assert reached.wait(PATIENCE)
    asked = {
        "rise": wanted(opened.predictions, [0], RISE),
        "latency": Timing.of(opened.project),
    }
    work = workshop.ask(asked[what], Asker("ben"))
    assert (work.place, export.place) == (1, 0)
    go_on.set()
    assert work.wait(PATIENCE)
    assert export.wait(PATIENCE)
    assert (work.error, export.error) == (None, None)
    assert log == ["export", what] + ["export"] * 4  # the second pass only draws


def test_a_slow_export_gives_way_between_two_passes_of_a_batch(opened, workshop, log, monkeypatch):
    reached, go_on = threading.Event(), threading.Event()
    original = batches.explain

    def holding(*given, tell, **settings):
        def told(done, total):
            if not reached.is_set():
                reached.set()
                assert go_on.wait(PATIENCE)
            tell(done, total)

        return original(*given, tell=told, **settings)

    monkeypatch.setattr(batches, "explain", holding)
    export = workshop.ask(requested(opened, Choices(recipe=RISE)), Asker("ann"))
    assert reached.wait(PATIENCE)
    work = workshop.ask(wanted(opened.predictions, [0], RISE), Asker("ben"))
    go_on.set()
    assert work.wait(PATIENCE)
    assert log[:2] == ["export", "rise"]
    workshop.leave(export, Asker("ann"))
    assert export.wait(PATIENCE)


def test_the_files_are_those_of_an_export_that_nobody_disturbed(opened, workshop, held, tmp_path):
    reached, go_on = held
    request = requested(opened, Choices())
    export = workshop.ask(request, Asker("ann"))
    assert reached.wait(PATIENCE)
    works = [workshop.ask(wanted(opened.predictions, [n], RISE), Asker("ben")) for n in range(3)]
    go_on.set()
    assert export.wait(PATIENCE)
    assert all(work.wait(PATIENCE) and work.error is None for work in works)
    export_folder(
        opened.project, request.plan, request.samples, tmp_path / "alone", str(opened.reference)
    )
    assert prints_of(request.folder) == prints_of(tmp_path / "alone")
