"""Everything that the product asks a workshop for, and what each kind of it promises."""

import copy
import dataclasses
import importlib
import pkgutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import services
from gradcam import METHODS, Arithmetic
from services.choices.choices import Choices
from services.choices.options import Reduction
from services.choices.recipe import Recipe
from services.comparing import signals, speed
from services.comparing.beside import NetworkBeside
from services.comparing.heat import HeatsMoved
from services.comparing.signals import LayerSignals
from services.comparing.speed import BothTimed
from services.device import devices
from services.device.devices import OnDevice, device_of
from services.edge_impulse.access import Access, ApiKey
from services.embedding import asked as embedding
from services.embedding.asked import Embedding
from services.errors import Cancelled
from services.export.background import Request, requested
from services.findings.report import reports
from services.heatmaps import channels, checks, layer_sweep, recommending
from services.heatmaps import heatmaps as maps
from services.heatmaps.channels import SurveyWanted, all_wanted, some_wanted
from services.heatmaps.checks import Measurement, Shuffle
from services.heatmaps.few import Few
from services.heatmaps.heatmaps import heatmaps
from services.heatmaps.layer_sweep import Sweep
from services.heatmaps.recommending import Recommending
from services.heatmaps.slow import Wanted, wanted
from services.inside import latency
from services.inside.latency import Timing
from services.judging import reasons
from services.judging.reasons import Looking
from services.keeping.store import BoundedStore
from services.opening.check import verifying
from services.opening.check.verifying import Verifying
from services.opening.opening import Connecting, Opening, StudioTesting, open_source
from services.opening.switching import Switching
from services.people.person import NOBODY_ELSE
from services.predictions import beside
from services.predictions.beside import OTHER_ARITHMETIC
from services.predictions.both_arithmetics import OtherArithmetic
from services.predictions.comparison import network_comparison
from services.predictions.moved_heat import heats
from services.scan.scanning import Scan
from services.sources.reference import SourceKind, SourceReference
from services.work.asked import ALONE, BATCH, INTERACTIVE, LONG, UNSEEN, Asked, Weight
from services.work.asker import Asker
from services.work.progress import Progress
from services.writing_back.drafts import Agreed
from services.writing_back.looking import DryRun
from services.writing_back.plan import WritePlan
from services.writing_back.steps import RELABELLING
from services.writing_back.writing import TO_THE_END, WritingBack
from tests.services.asking import had
from tests.services.projects import folder_project, noise, renamed
from tests.waiting import PATIENCE

COUNT = 12
MANIFEST = """
task = "classification"
classes = ["blue", "red"]
[input]
color = "rgb"
scaling = "0..1"
"""
LONGEST = Recipe(method=METHODS["rise"], method_settings="masks=8000")
RISE = Recipe(method=METHODS["rise"], method_settings="masks=20")
KEPT_NOWHERE = "its result is looked at anew each time"
NEEDS_STUDIO = "it cannot be made without Edge Impulse Studio"


@dataclass(frozen=True)
class Kind:
    """A kind of what can be asked for.

    Attributes:
        of: the value.
        weight: how it shares the machine.
        other: a value that wants something else.
        cannot: what it does not do.
    """

    of: Any
    weight: Weight
    other: Any
    cannot: frozenset[str] = frozenset()


def measured(predictions, position):
    (heatmap,) = heatmaps(predictions, [position], Recipe())
    return Measurement(predictions, position, heatmap, Recipe())


def of_two(predictions):
    """As if its network had two arithmetics."""
    both = [copy.copy(predictions.project.network) for _ in Arithmetic]
    for network, arithmetic in zip(both, Arithmetic, strict=True):
        network.arithmetics, network.arithmetic = tuple(Arithmetic), arithmetic
        network.digest = f"{network.digest} {arithmetic}"
    own, other = both
    project = dataclasses.replace(predictions.project, networks=(own,), reopened=lambda _: other)
    return dataclasses.replace(predictions, project=project)


def opened_of_two(opened, **changes):
    """A project whose network has two arithmetics."""
    predictions = dataclasses.replace(of_two(opened.predictions), **changes)
    return dataclasses.replace(opened, project=predictions.project, predictions=predictions)


def of_itself(predictions):
    """A network beside itself."""
    return network_comparison(predictions, predictions)


def eye_of(opened, frame):
    return device_of(opened.project.medium, "impulse", frame, "")


def with_others(opened):
    """The project with two networks more."""
    first = opened.project.network
    others = [renamed(first, name) for name in ("second", "third")]
    project = dataclasses.replace(opened.project, networks=(first, *others))
    return dataclasses.replace(opened, project=project)


ACCESS = Access(ApiKey("ei_somebody"))
OTHER = Access(ApiKey("ei_somebody_else"))
AGREED = Agreed("https://studio", 1, RELABELLING, (), ("blue", "red"))
PLAN = WritePlan("https://studio", 1, "relabel", (), (), 0)
KINDS = {
    Timing: Kind(
        lambda opened: Timing.of(opened.project),
        ALONE,
        lambda opened: Timing(opened.project.network, 16, 16),
    ),
    BothTimed: Kind(
        lambda opened: BothTimed.of(of_itself(opened.predictions)),
        ALONE,
        lambda opened: BothTimed(Timing.of(opened.project), Timing(opened.project.network, 16, 16)),
    ),
    Measurement: Kind(
        lambda opened: measured(opened.predictions, 0),
        LONG,
        lambda opened: measured(opened.predictions, 1),
    ),
    Shuffle: Kind(
        lambda opened: Shuffle(opened.predictions, Recipe()),
        LONG,
        lambda opened: Shuffle(opened.predictions, Recipe(target="=red")),
    ),
    SurveyWanted: Kind(
        lambda opened: all_wanted(opened.predictions, Recipe()),
        LONG,
        lambda opened: SurveyWanted(opened.predictions, opened.project.network.layers[0].name, 3),
    ),
    Wanted: Kind(
        lambda opened: wanted(opened.predictions, [0, 1], RISE),
        LONG,
        lambda opened: wanted(opened.predictions, [1, 2], RISE),
    ),
    Few: Kind(
        lambda opened: Few(opened.predictions, (0, 1), Recipe()),
        INTERACTIVE,
        lambda opened: Few(opened.predictions, (1, 2), Recipe()),
    ),
    Verifying: Kind(
        lambda opened: Verifying(opened.predictions),
        UNSEEN,
        lambda opened: Verifying(dataclasses.replace(opened.predictions, digests=("x",) * COUNT)),
    ),
    Sweep: Kind(
        lambda opened: Sweep(opened.predictions, (0, 1), Recipe()),
        LONG,
        lambda opened: Sweep(opened.predictions, (2,), Recipe()),
    ),
    Recommending: Kind(
        lambda opened: Recommending(opened.predictions),
        UNSEEN,
        lambda opened: Recommending(opened.predictions, method=METHODS["hires-cam"]),
    ),
    Looking: Kind(
        lambda opened: Looking(opened.predictions),
        INTERACTIVE,
        lambda opened: Looking(dataclasses.replace(opened.predictions, digests=("x",) * COUNT)),
    ),
    Scan: Kind(
        lambda opened: Scan(opened.predictions, Recipe()),
        LONG,
        lambda opened: Scan(
            dataclasses.replace(opened.predictions, digests=("x",) * COUNT), Recipe()
        ),
    ),
    Embedding: Kind(
        lambda opened: Embedding(opened.predictions, Choices(reduction=Reduction.PCA)),
        LONG,
        lambda opened: Embedding(opened.predictions, Choices(reduction=Reduction.TSNE)),
    ),
    Request: Kind(
        lambda opened: requested(opened, Choices()),
        BATCH,
        lambda opened: requested(opened, Choices(alpha=0.9)),
    ),
    Opening: Kind(
        lambda opened: Opening(opened.reference),
        INTERACTIVE,
        lambda opened: Opening(opened.reference, OTHER),
        frozenset({KEPT_NOWHERE}),
    ),
    Connecting: Kind(
        lambda opened: Connecting(ACCESS),
        INTERACTIVE,
        lambda opened: Connecting(OTHER),
        frozenset({KEPT_NOWHERE, NEEDS_STUDIO}),
    ),
    Switching: Kind(
        lambda opened: Switching(with_others(opened), "second"),
        INTERACTIVE,
        lambda opened: Switching(with_others(opened), "third"),
    ),
    OtherArithmetic: Kind(
        lambda opened: OtherArithmetic(of_two(opened.predictions)),
        LONG,
        lambda opened: OtherArithmetic(
            dataclasses.replace(of_two(opened.predictions), digests=("x",) * COUNT)
        ),
    ),
    NetworkBeside: Kind(
        lambda opened: NetworkBeside(opened_of_two(opened), OTHER_ARITHMETIC),
        LONG,
        lambda opened: NetworkBeside(
            opened_of_two(opened, digests=("x",) * COUNT), OTHER_ARITHMETIC
        ),
    ),
    HeatsMoved: Kind(
        lambda opened: HeatsMoved(of_itself(opened.predictions), Recipe()),
        LONG,
        lambda opened: HeatsMoved(of_itself(opened.predictions), Recipe(target="=red")),
    ),
    LayerSignals: Kind(
        lambda opened: LayerSignals(of_itself(opened.predictions)),
        LONG,
        lambda opened: LayerSignals(
            of_itself(dataclasses.replace(opened.predictions, digests=("x",) * COUNT))
        ),
    ),
    OnDevice: Kind(
        lambda opened: OnDevice(opened.predictions, eye_of(opened, "160x120")),
        LONG,
        lambda opened: OnDevice(opened.predictions, eye_of(opened, "320x240")),
    ),
    StudioTesting: Kind(
        lambda opened: StudioTesting(opened, ACCESS),
        INTERACTIVE,
        lambda opened: StudioTesting(opened, OTHER),
        frozenset({KEPT_NOWHERE, NEEDS_STUDIO}),
    ),
    DryRun: Kind(
        lambda _: DryRun(AGREED, ACCESS),
        INTERACTIVE,
        lambda _: DryRun(dataclasses.replace(AGREED, project=2), ACCESS),
        frozenset({KEPT_NOWHERE, NEEDS_STUDIO}),
    ),
    WritingBack: Kind(
        lambda _: WritingBack(PLAN, ACCESS, NOBODY_ELSE),
        TO_THE_END,
        lambda _: WritingBack(dataclasses.replace(PLAN, undoes="before"), ACCESS, NOBODY_ELSE),
        frozenset({KEPT_NOWHERE, NEEDS_STUDIO}),
    ),
}


NAMED = {asked.__name__: kind for asked, kind in KINDS.items()}


@pytest.fixture(params=NAMED)
def kind(request):
    return NAMED[request.param]


@pytest.fixture(params=[n for n, kind in NAMED.items() if NEEDS_STUDIO not in kind.cannot])
def made_here(request):
    return NAMED[request.param]


@pytest.fixture(params=[name for name, kind in NAMED.items() if not kind.cannot])
def kept(request):
    return NAMED[request.param]


@pytest.fixture(params=[name for name, kind in NAMED.items() if KEPT_NOWHERE in kind.cannot])
def anew(request):
    return NAMED[request.param]


@pytest.fixture(autouse=True)
def nothing_known(fresh, monkeypatch):
    for module, name in (
        (beside, "_beside"), (signals, "_kept"), (speed, "_measured"), (devices, "_seen"),
        (checks, "_checks"), (checks, "_measured"), (checks, "_shuffled"), (latency, "_measured"),
        (layer_sweep, "_cells"), (reasons, "_properties"), (reasons, "_ordinary"),
        (verifying, "_verified"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, BoundedStore(1000))
    for store in (
        channels._surveys, embedding._arrays, heats, reports, recommending._recommendations,
    ):  # fmt: skip
        monkeypatch.setattr(store, "_memory", BoundedStore(1000, lambda _: 1))


@pytest.fixture
def opened(blue_or_red_file, tmp_path):
    folder = folder_project(tmp_path / "project", blue_or_red_file, {}, MANIFEST)
    for number in range(COUNT):
        label = ("blue", "red")[number % 2]
        noise(folder / "testing" / label / f"{number}.png", number)
    return open_source(SourceReference(SourceKind.FOLDER, str(folder)))


def alike(one, other):
    """Whether two results are the same, whatever they are made of."""
    if dataclasses.is_dataclass(one):
        names = [field.name for field in dataclasses.fields(one) if field.compare]
        return type(one) is type(other) and all(
            alike(getattr(one, name), getattr(other, name)) for name in names
        )
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, float | np.ndarray):
        return bool(np.array_equal(one, other, equal_nan=True))
    return one == other


def test_every_kind_of_the_product_is_here():
    for module in pkgutil.walk_packages(services.__path__, "services."):
        importlib.import_module(module.name)
    found, todo = set(), [Asked]
    while todo:
        todo += (below := todo.pop()).__subclasses__()
        found |= {below} if not below.__abstractmethods__ else set()
    assert {each for each in found if each.__module__.startswith("services.")} == set(KINDS)


def test_it_is_a_frozen_value_with_its_weight(kind, opened):
    asked = kind.of(opened)
    assert asked.weight == kind.weight
    with pytest.raises(dataclasses.FrozenInstanceError):
        asked.weight = INTERACTIVE


def test_the_survey_of_some_samples_is_soon_made(opened):
    assert some_wanted(opened.predictions, Recipe()).weight == INTERACTIVE


def test_who_wants_the_same_has_the_same_digest_and_nobody_else(kind, opened):
    asked, again, other = kind.of(opened), kind.of(opened), kind.other(opened)
    assert asked.digest == again.digest != other.digest


def test_it_is_missing_until_it_is_made_and_then_found_as_it_was_made(kept, opened):
    asked = kept.of(opened)
    assert asked.found is None
    assert asked.missing > 0
    made = asked.make(Progress())
    assert made is not None
    for same in (asked, kept.of(opened)):
        assert same.missing == 0
        assert alike(same.found, made)
    assert kept.other(opened).missing > 0


def test_a_workshop_gives_what_is_made_and_does_not_make_it_twice(kept, opened, monkeypatch):
    asked = kept.of(opened)
    job = had(asked)
    assert job.error is None
    assert alike(job.result, asked.found)
    monkeypatch.setattr(type(asked), "make", lambda *_: pytest.fail("made again"))
    assert alike(had(kept.of(opened)).result, job.result)


def test_what_is_looked_at_anew_is_found_by_nobody(anew, opened):
    asked = anew.of(opened)
    assert (asked.found, asked.missing) == (None, 1)


def test_an_opened_source_is_opened_again_when_asked_for(opened):
    first, again = (had(Opening(opened.reference)).result for _ in range(2))
    assert first is not again
    assert first.project.name == opened.project.name


def test_it_says_what_it_does(made_here, opened):
    said = []

    class Heard(Progress):
        def begin(self, name, total=0):
            said.append(name)
            super().begin(name, total)

    made_here.of(opened).make(Heard())
    assert said
    assert all(said)


def test_who_leaves_gets_nothing_made(made_here, opened):
    asked = made_here.of(opened)
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        asked.make(progress)
    assert asked.found is None


def test_others_may_go_first_while_it_is_made(made_here, opened):
    rests = []
    made_here.of(opened).make(Progress(lambda: rests.append(1) or 0.0))
    assert len(rests) > 1


def test_fifteen_abandoned_jobs_leave_no_thread_working(opened, workshop, monkeypatch):
    """One of them in the middle of eight thousand passes, an export at rest, nine in the queue."""
    passes, original = threading.Event(), maps.explain

    def explained(*given, tell, **settings):
        def told(done, total):
            passes.set()
            tell(done, total)

        return original(*given, tell=told, **settings)

    monkeypatch.setattr(maps, "explain", explained)
    before = set(threading.enumerate())
    export = requested(opened, Choices(recipe=LONGEST))
    first = workshop.ask(export, Asker("person 0"))
    slow = wanted(opened.predictions, range(COUNT), LONGEST)
    queued = [kind.of(opened) for kind in KINDS.values() if kind.weight == LONG]
    asked = [slow, *queued, Timing.of(opened.project)]
    jobs = [first, *(workshop.ask(each, Asker(f"person {n}")) for n, each in enumerate(asked, 1))]
    assert len(jobs) == 15
    assert passes.wait(PATIENCE)
    assert [job.place for job in jobs] == [15, 0, *range(2, 15)]
    for number, job in enumerate(jobs):
        workshop.leave(job, Asker(f"person {number}"))
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert all(job.cancelled for job in jobs)
