"""From an API key to what a project holds: key, project, impulse, model, samples, test results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

from services.edge_impulse.access import Access
from services.edge_impulse.blocks import Blocks, blocks_of
from services.edge_impulse.changes import Changes, changes_since
from services.edge_impulse.choosing import Deployed, Trained, candidates_of, first_trained
from services.edge_impulse.client import StudioClient
from services.edge_impulse.earlier import earlier_files
from services.edge_impulse.errors import StudioError
from services.edge_impulse.export import fetch_export
from services.edge_impulse.feeds.feed import Feed
from services.edge_impulse.keys import reading_key
from services.edge_impulse.learning import learn_kind
from services.edge_impulse.model import KeyInfo, ProjectInfo, StudioSample, TestResult
from services.edge_impulse.network import Artefact, choice_of, fetch_model, taken_of
from services.edge_impulse.place import StudioPlace, Way
from services.edge_impulse.results import test_results
from services.edge_impulse.shelf import Shelf, shelf_of
from services.edge_impulse.stating import prepared_said, stated
from services.edge_impulse.test_set import (
    Fetched,
    by_drawn_boxes,
    fetch_files,
    labelled,
    list_samples,
)
from services.fact import Fact
from services.sources.content import SourceContent
from services.sources.labels.labelled import LabelledSet
from services.sources.manifest import Manifest
from services.sources.mixture import Scored
from services.sources.taken import PICKED
from services.tasks.registry import TASKS
from services.tasks.task import StudioWords
from services.work.progress import Progress

STAGES = ("Key", "Project", "Impulse", "Model", "Samples", "Test results", "Network")


@dataclass(frozen=True)
class StudioProject:
    """What is known of a project in Studio beside what every project has.

    Attributes:
        place: where it lies.
        info: its own page in Studio.
        url: of that page.
        role: of the key that opened it; empty where Studio does not tell.
        blocks: that learn; the chosen one is `place.learn`.
        fetched: how many files or zips were fetched now, and how many bytes.
        changes: since the visit before; None at the first.
        results: of Studio's own model testing, by variant.
        no_results: why there are none; empty where there are.
        samples: the test set as Studio listed it, by the samples' numbers.
    """

    place: StudioPlace
    info: ProjectInfo
    url: str
    role: str
    blocks: Blocks
    fetched: tuple[int, int]
    changes: Changes | None
    results: tuple[TestResult, ...]
    no_results: str
    samples: Mapping[int, StudioSample] = field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )

    @property
    def feed(self) -> Feed:
        """What the network is fed with."""
        learn = self.place.learn
        return next(block.feed for block in self.blocks.usable if block.learn.id == learn)


@dataclass(frozen=True)
class _Model:
    """What samples go through, how they are put in; the artefact of what was fetched."""

    file: Path
    words: StudioWords
    manifest: Manifest
    scored: Scored | None = None
    artefact: Artefact | None = None


@dataclass(frozen=True)
class _TestSet:
    """Samples as Studio lists them, and their files."""

    samples: tuple[StudioSample, ...]
    fetched: Fetched


def connect(
    access: Access,
    progress: Progress,
    place: StudioPlace | None = None,
    way: Way = Way.SAMPLES,
    linked: StudioPlace | None = None,
    *,
    deployed: Deployed | None = None,
    fetch: bool = True,
    only: int | None = None,
    picked: str = "",
) -> tuple[SourceContent, StudioProject]:
    """Have everything of a project that is needed to explain it.

    The key is shown to Studio first, each time: what is kept is not opened without.

    Args:
        access: the key and its host.
        progress: is told the stages.
        place: a learning block; None for the first one that can be explained.
        way: how the test set is fetched, where `place` does not say.
        linked: the place of a link that the person came by; tried first if the key is for it.
        deployed: a network that is here already, and is not downloaded.
        fetch: may samples be downloaded? Else only those that are kept take part.
        only: the number that the project has to have; None for any.
        picked: which file of the network, an `Artefact.id`; "" for the best.

    Raises:
        StudioError: Studio refuses, or the project has not what it takes.
        ProjectError: the disk is full.
        Cancelled: the person left; whole files stay, half ones do not.
    """
    progress.plan(*STAGES)
    client = StudioClient(access, progress)
    key = _checked_key(client, access, place, only, progress)
    project = key.project
    if linked and (linked.project, linked.origin) != (project, access.host.origin):
        linked = None
    chosen = place or linked
    way = chosen.way if chosen else way
    info = _looked_at(client, project, progress)
    progress.begin("Looking at the impulses")
    blocks = blocks_of(client.impulses(project), info.default_impulse)
    candidates = candidates_of(blocks.first(linked.learn) if linked else blocks, place, deployed)
    progress.conclude(_counted(blocks))

    shelf = shelf_of(access.host.origin, project)
    with shelf.reserved(progress) as held:
        progress.begin("Looking for a trained model")
        trained = first_trained(client, project, candidates, deployed)
        block, metadata = trained.block, trained.metadata
        model = _model(client, info, trained, deployed, picked, shelf, progress)
        get = _fetch(way, fetch=fetch)
        test_set = _test_set(client, project, block.feed, get, shelf, progress)
        words, manifest = model.words, model.manifest
        own = _labelled(client, project, block.feed, test_set, words.classes)
        said = prepared_said(manifest)
        changes = changes_since(shelf, block, metadata, test_set.samples, said)
        manifest, compared = block.feed.checked(client, project, manifest, own.samples)

    place = StudioPlace(access.host.origin, project, block.impulse.id, block.learn.id, way)
    progress.begin("Looking for Studio's own test results")
    results, no_results = test_results(client, place)
    progress.conclude(", ".join(result.variant for result in results) or "none")

    content = SourceContent(
        name=info.name,
        model=model.file,
        manifest=manifest,
        labelled=own,
        class_lists=(),
        facts=(
            *stated(manifest, block, metadata, way, len(test_set.samples), words.facts),
            *compared,
            *(model.scored.facts if model.scored else ()),
            *([Fact("model", model.artefact.said, PICKED)] if picked and model.artefact else []),
        ),
        alternatives=choice_of(trained.artefacts, model.artefact) if model.artefact else (),
        network_name=f"“{block.title}”",
        objects=partial(by_drawn_boxes, own),
        scored=model.scored,
        held=held,
    )
    studio = StudioProject(
        place=place,
        info=info,
        url=info.page_at(access.host.origin),
        role=key.role,
        blocks=blocks,
        fetched=(test_set.fetched.count, test_set.fetched.volume),
        changes=changes,
        results=results,
        no_results=no_results,
        samples=MappingProxyType({sample.id: sample for sample in test_set.samples}),
    )
    return content, studio


def _checked_key(
    client: StudioClient,
    access: Access,
    place: StudioPlace | None,
    only: int | None,
    progress: Progress,
) -> KeyInfo:
    progress.begin("Checking the key with Studio")
    key = reading_key(client, access)
    if place is not None and (place.project, place.origin) != (key.project, access.host.origin):
        raise StudioError(
            f"This key is for project {key.project} of {access.host.origin}, and the link is for "
            f"project {place.project} of {place.origin}; type the key of that project."
        )
    progress.conclude(key.role or "accepted")
    if only not in {None, key.project}:
        raise StudioError(
            f"The key is for project {key.project}, and the metadata for project {only}; "
            "give the key of that project."
        )
    return key


def _looked_at(client: StudioClient, project: int, progress: Progress) -> ProjectInfo:
    progress.begin("Looking at the project")
    info = client.project(project)
    progress.conclude(info.name)
    return info


def _model(
    client: StudioClient,
    info: ProjectInfo,
    trained: Trained,
    deployed: Deployed | None,
    picked: str,
    shelf: Shelf,
    progress: Progress,
) -> _Model:
    block, created = trained.block, trained.metadata.created
    artefact = None
    if deployed:
        file = deployed.model
    else:
        artefact = taken_of(trained.artefacts, picked)
        file = fetch_model(client, info.id, block.learn.id, created, artefact, shelf, progress)
    metadata, task = trained.metadata, TASKS[trained.task]
    words = task.from_studio(metadata.class_names, metadata.thresholds)
    manifest = block.feed.manifest(client, info.id, info.name, task.name, words, metadata)
    progress.conclude(f"{block.title}, trained {created[:10]}")
    scored = learn_kind(block.learn.type).scored(client, info.id, block.learn.id, file)
    return _Model(file, words, manifest, scored, artefact)


def _test_set(
    client: StudioClient,
    project: int,
    feed: Feed,
    fetch: Callable[..., Fetched],
    shelf: Shelf,
    progress: Progress,
) -> _TestSet:
    samples = list_samples(client, project, feed, progress)
    fetched = fetch(client, project, feed, samples, shelf, progress)
    progress.conclude(_amount(samples, fetched))
    return _TestSet(samples, fetched)


def _labelled(
    client: StudioClient, project: int, feed: Feed, test_set: _TestSet, classes: Sequence[str]
) -> LabelledSet:
    own = labelled(test_set.samples, test_set.fetched, classes)
    by_number = {told.id: told for told in test_set.samples}
    parts = (
        part
        for sample in own.samples
        for part in feed.parted(client, project, by_number[sample.studio_id or 0], sample)
    )
    return replace(own, samples=tuple(parts))


def _fetch(way: Way, *, fetch: bool) -> Callable[..., Fetched]:
    if not fetch:
        return earlier_files
    return fetch_export if way is Way.EXPORT else fetch_files


def _counted(blocks: Blocks) -> str:
    return f"{len(blocks.usable)} of {len(blocks)} learning blocks can be explained"


def _amount(samples: tuple[StudioSample, ...], fetched: Fetched) -> str:
    if not fetched.count:
        return f"{len(samples):,}, all kept from before"
    return f"{len(samples):,}, {fetched.volume / 1e6:.1f} MB came"
