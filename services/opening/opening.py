"""Opening a source: network, samples, classes, input spec, predictions, in one background job."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from services.edge_impulse.access import Access
from services.edge_impulse.client import StudioClient
from services.edge_impulse.connect import StudioProject, connect
from services.edge_impulse.export import follow
from services.edge_impulse.place import StudioPlace, Way, parse_place
from services.edge_impulse.results import test_results
from services.errors import ProjectError
from services.keeping.bound import make_room
from services.keeping.store import BoundedStore
from services.metrics import OPENED
from services.opening.assembly import assemble
from services.opening.check.check import PreprocessingCheck
from services.opening.contents import content_of
from services.opening.freshness import news_of, note_fresh
from services.opening.networks import network_of, reopened_by
from services.opening.side_by_side import decide
from services.predictions.predictions import Predictions, predict
from services.project import Project
from services.settings import settings
from services.sources.content import SourceContent
from services.sources.reference import MODEL, SourceKind, SourceReference
from services.work.asked import INTERACTIVE, Asked
from services.work.progress import Progress


@dataclass(frozen=True)
class Prepared:
    """A project of which nothing has been predicted yet.

    Attributes:
        reference: its source.
        project: what was opened.
        check: the preprocessing trials; None where the source told the input spec.
        studio: what Edge Impulse Studio says beside; None for any other source.
    """

    reference: SourceReference
    project: Project
    check: PreprocessingCheck | None
    studio: StudioProject | None = None


@dataclass(frozen=True)
class Opened:
    """A project ready to be looked at.

    Attributes:
        reference: its source.
        project: what was opened.
        predictions: what the network says of every sample.
        check: the preprocessing trials; None where the source told the input spec.
        studio: what Edge Impulse Studio says beside; None for any other source.
    """

    reference: SourceReference
    project: Project
    predictions: Predictions
    check: PreprocessingCheck | None
    studio: StudioProject | None = None

    @property
    def news(self) -> str:
        """Names what another server has fetched of it since; "" where nothing is new."""
        return "" if self.studio is None else news_of(self.reference, self.studio)

    def at(self, threshold: float | None, *, uncertain: bool = False, rule: str = "") -> Self:
        """The same as the network answers with a live threshold, see `Task.at`."""
        read = self.predictions.at(threshold, uncertain=uncertain, rule=rule)
        if read is self.predictions:
            return self
        return replace(self, project=read.project, predictions=read)


_opened: BoundedStore[str, Opened] = BoundedStore(settings().projects)


def already_open(reference: SourceReference) -> Opened | None:
    """The project, if this process has it open."""
    return _opened.get(str(reference))


@dataclass(frozen=True)
class _Afresh(Asked[Opened]):
    """A project that is looked at anew however often it was opened: its files may have changed."""

    words = "opening of a project"
    weight = INTERACTIVE  # much of it is waiting for a disk or for Studio

    @property
    def found(self) -> None:
        """See `Asked.found`: nothing is good enough."""


@dataclass(frozen=True)
class Opening(_Afresh):
    """A source to be opened.

    Attributes:
        reference: the source.
        access: for a project in Edge Impulse Studio; who has another key does not join.
    """

    reference: SourceReference
    access: Access | None = None

    @property
    def digest(self) -> str:
        """See `Asked.digest`."""
        return f"{self.reference} {self.access.fingerprint if self.access else ''}"

    def make(self, progress: Progress) -> Opened:
        """See `Asked.make`."""
        return open_source(self.reference, progress, self.access)


@dataclass(frozen=True)
class Connecting(_Afresh):
    """The Edge Impulse project that an API key is for, to be opened; see `open_studio`."""

    access: Access
    way: Way = Way.SAMPLES
    linked: StudioPlace | None = None

    @property
    def digest(self) -> str:
        """See `Asked.digest`."""
        return f"{self.way} {self.linked} {self.access.fingerprint}"

    def make(self, progress: Progress) -> Opened:
        """See `Asked.make`."""
        return open_studio(self.access, self.way, progress, self.linked)


@dataclass(frozen=True)
class StudioTesting(_Afresh):
    """A project that Studio's own model testing is wanted of.

    It uses the project's computing time in Studio, and none of this machine's.
    """

    opened: Opened
    access: Access

    @property
    def digest(self) -> str:
        """See `Asked.digest`."""
        return f"{self.opened.reference} {self.access.fingerprint}"

    def make(self, progress: Progress) -> Opened:
        """See `Asked.make`."""
        return _tested(self.opened, self.access, progress)


def prepare_source(
    reference: SourceReference, progress: Progress, access: Access | None = None
) -> Prepared:
    """Have everything of a source but its predictions.

    Args:
        reference: the source.
        progress: is told what is being done.
        access: for a project in Edge Impulse Studio.

    Raises:
        GradcamError: one sentence on why it cannot be opened.
        Cancelled: the person left.
    """
    if reference.kind is SourceKind.STUDIO:
        place = parse_place(reference.place)
        if access is None:
            raise ProjectError(
                f"Type the API key of project {place.project} to open it; a link holds no key."
            )
        picked = dict(reference.picks).get(MODEL, "")
        return prepare(*connect(access, progress, place, picked=picked), reference, progress)
    return prepare(content_of(reference, progress), None, reference, progress)


def prepare(
    content: SourceContent,
    studio: StudioProject | None,
    reference: SourceReference,
    progress: Progress,
) -> Prepared:
    """Open the network of what a source holds, and bring both together.

    Raises:
        GradcamError: one sentence on why it cannot be opened.
        Cancelled: the person left.
    """
    progress.begin("Opening the network")
    network = network_of(content)
    progress.begin("Getting ready")
    project, check = assemble(content, network, reference, progress)
    again = reopened_by(content, project.output)
    project = replace(project, reopened=again, source=str(reference))
    return Prepared(reference, project, check, studio)


def open_source(
    reference: SourceReference, progress: Progress | None = None, access: Access | None = None
) -> Opened:
    """Open a source now.

    Args:
        reference: the source.
        progress: is told what is being done.
        access: for a project in Edge Impulse Studio.

    Raises:
        GradcamError: one sentence on why it cannot be opened.
        Cancelled: the person left.
    """
    progress = progress or Progress()
    with OPENED.outcome(str(reference.kind)):
        return _predicted(prepare_source(reference, progress, access), progress)


def open_studio(
    access: Access,
    way: Way = Way.SAMPLES,
    progress: Progress | None = None,
    linked: StudioPlace | None = None,
) -> Opened:
    """Open the project that an API key is for, now.

    Args:
        access: the key and its host.
        way: how the test set is fetched.
        progress: is told what is being done.
        linked: the place of a link that the person came by; taken if the key is for it.

    Raises:
        GradcamError: one sentence on why it cannot be opened.
        Cancelled: the person left.
    """
    progress = progress or Progress()
    with OPENED.outcome(str(SourceKind.STUDIO)):
        content, studio = connect(access, progress, way=way, linked=linked)
        reference = studio_reference(studio.place)
        return _predicted(prepare(content, studio, reference, progress), progress)


def studio_reference(place: StudioPlace) -> SourceReference:
    """The source that a place in Studio is."""
    return SourceReference(SourceKind.STUDIO, str(place))


def _tested(opened: Opened, access: Access, progress: Progress) -> Opened:
    if opened.studio is None:
        raise ProjectError("Studio can test only what was opened from it.")
    place = opened.studio.place
    client = StudioClient(access, progress)
    job = client.start_testing(place.project, place.impulse)
    follow(client, place.project, job, "Studio tests the model", progress)
    results, none = test_results(client, place)
    opened = replace(opened, studio=replace(opened.studio, results=results, no_results=none))
    _keep(opened)
    return opened


def _predicted(prepared: Prepared, progress: Progress) -> Opened:
    reference, predictions = prepared.reference, predict_all(prepared.project, progress)
    if (before := already_open(reference)) is not None:
        predictions = predictions.unless_held(before.predictions)
    opened = Opened(reference, predictions.project, predictions, prepared.check, prepared.studio)
    _keep(opened)
    make_room()  # what it took the place of may be in use no longer
    return opened


def _keep(opened: Opened) -> None:
    _opened.put(str(opened.reference), opened)
    if opened.studio is not None:
        note_fresh(opened.reference, opened.predictions, opened.studio)


def predict_all(project: Project, progress: Progress) -> Predictions:
    """Predict every sample of a project that can be read.

    Raises:
        ProjectError: none can.
        Cancelled: the person left; what was computed so far is kept.
    """
    decide(project.network, project.medium.height, project.medium.width, progress)
    predictions = predict(project, progress)
    if not len(predictions):
        first = predictions.left_out[len(project.left_out)]
        called = project.medium.called
        several = f"None of the {len(project.samples)} {called.many} can be read"
        raise ProjectError(f"{several}; {first.name}: {first.reason}.")
    if progress.stage:
        progress.conclude(f"{len(predictions):,} predictions")
    return predictions
