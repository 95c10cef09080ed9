"""From an API key to what a project holds: key, project, impulse, model, samples, test results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from services.edge_impulse.access import Access
from services.edge_impulse.blocks import Blocks, UsableBlock, blocks_of
from services.edge_impulse.changes import Changes, changes_since
from services.edge_impulse.client import StudioClient
from services.edge_impulse.earlier import earlier_pictures
from services.edge_impulse.errors import StudioError
from services.edge_impulse.export import fetch_export
from services.edge_impulse.input import manifest_of, stated, without_confidence
from services.edge_impulse.model import (
    CANNOT_READ,
    KeyInfo,
    LearnMetadata,
    ProjectInfo,
    StudioSample,
    TestResult,
)
from services.edge_impulse.network import fetch_model, why_no_keras_file
from services.edge_impulse.place import StudioPlace, Way
from services.edge_impulse.results import test_results
from services.edge_impulse.shelf import Shelf, shelf_of
from services.edge_impulse.test_set import (
    Fetched,
    fetch_pictures,
    labelled,
    list_samples,
)
from services.sources.content import SourceContent
from services.tasks.registry import TASKS
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
        fetched: how many pictures or zips were fetched now, and how many bytes.
        changes: since the visit before; None at the first.
        results: of Studio's own model testing, by variant.
        no_results: why there are none; empty where there are.
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


@dataclass(frozen=True)
class Deployed:
    """A network that Studio has put beside a deployment block.

    Attributes:
        model: its file.
        learn: numbers of the learning blocks that it may be of; any, if empty.
    """

    model: Path
    learn: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Trained:
    """A block with a Keras model."""

    block: UsableBlock
    metadata: LearnMetadata


@dataclass(frozen=True)
class _Model:
    """What pictures go through, and how they are put in."""

    file: Path
    channels: str


@dataclass(frozen=True)
class _TestSet:
    """Samples as Studio lists them, and their pictures."""

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
        fetch: may pictures be downloaded? Else only those that are kept take part.
        only: the number that the project has to have; None for any.

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
    candidates = _candidates(blocks.first(linked.learn) if linked else blocks, place, deployed)
    progress.conclude(_counted(blocks))

    shelf = shelf_of(access.host.origin, project)
    with shelf.reserved(progress) as held:
        progress.begin("Looking for a trained model")
        trained = _trained(client, project, candidates, deployed)
        block, metadata = trained.block, trained.metadata
        model = _model(client, project, trained, deployed, shelf, progress)
        test_set = _test_set(client, project, _fetch(way, fetch=fetch), shelf, progress)
        words = TASKS[metadata.mode].from_studio(metadata.class_names, metadata.thresholds)
        manifest = manifest_of(
            info.name, metadata.mode, words, block.input, metadata, model.channels
        )
        prepared = str(without_confidence(manifest))
        changes = changes_since(shelf, block, metadata, test_set.samples, prepared)

    place = StudioPlace(access.host.origin, project, block.impulse.id, block.learn.id, way)
    progress.begin("Looking for Studio's own test results")
    results, no_results = test_results(client, place)
    progress.conclude(", ".join(result.variant for result in results) or "none")

    content = SourceContent(
        name=info.name,
        model=model.file,
        manifest=manifest,
        labelled=labelled(test_set.samples, test_set.fetched, words.classes),
        class_lists=(),
        facts=stated(manifest, block.title, metadata, way, len(test_set.samples), words.facts),
        network_name=f"“{block.title}”",
        held=held,
    )
    studio = StudioProject(
        place=place,
        info=info,
        url=_page_of(info, access),
        role=key.role,
        blocks=blocks,
        fetched=(test_set.fetched.count, test_set.fetched.volume),
        changes=changes,
        results=results,
        no_results=no_results,
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
    try:
        key = client.key_info()
    except StudioError as error:
        if error.status in {200, 401, 403} and error.said:
            raise StudioError(
                f"{access.host.origin} does not accept this key; it says “{error.said}”. "
                "Copy the key again in Studio on Dashboard, Keys.",
                error.status,
                error.said,
            ) from error
        raise
    if key.role in CANNOT_READ:
        raise StudioError(
            f"This key may only add data (its role is {key.role}); make one that may read, "
            "such as readonly or admin, in Studio on Dashboard, Keys.",
            403,
        )
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


def _candidates(
    blocks: Blocks, place: StudioPlace | None, deployed: Deployed | None
) -> tuple[UsableBlock, ...]:
    if not blocks:
        raise StudioError(
            "The project has no impulse with a learning block yet; make one in Studio on "
            "Create impulse, train it, and connect again."
        )
    if place is not None:
        blocks = blocks.only({place.learn})
        if not blocks:
            raise StudioError(
                f"The project no longer has the learning block {place.learn}; "
                "connect with its key again to choose another."
            )
    if deployed is not None and deployed.learn:
        blocks = blocks.only(deployed.learn) or blocks
    if not blocks.usable:
        raise StudioError(_reasons([(block.title, block.obstacle) for block in blocks.unusable]))
    return blocks.usable


def _reasons(reasons: list[tuple[str, str]]) -> str:
    shown = "; ".join(f"“{title}”: {reason}" for title, reason in reasons[:3])
    more = f"; and {len(reasons) - 3} more" if len(reasons) > 3 else ""
    return f"No learning block can be explained. {shown}{more}."


def _trained(
    client: StudioClient,
    project: int,
    candidates: tuple[UsableBlock, ...],
    deployed: Deployed | None,
) -> _Trained:
    """The first block with a Keras model; where there is none, the reasons."""
    reasons = []
    for block in candidates:
        metadata = client.metadata(project, block.learn.id)
        reason = ""
        if not metadata.trained and deployed is None:
            reason = "it has no trained model yet; train it in Studio and connect again"
        elif metadata.mode not in TASKS:
            reason = f"its kind, {metadata.mode}, is not explained here yet"
        elif deployed is None:
            downloads = client.downloads(project, block.impulse.id)
            reason = why_no_keras_file(downloads, project, block.learn.id)
        if not reason:
            return _Trained(block, metadata)
        reasons.append((block.title, reason))
    raise StudioError(_reasons(reasons))


def _model(
    client: StudioClient,
    project: int,
    trained: _Trained,
    deployed: Deployed | None,
    shelf: Shelf,
    progress: Progress,
) -> _Model:
    block, created = trained.block, trained.metadata.created
    if deployed:
        file = deployed.model
    else:
        file = fetch_model(client, project, block.learn.id, created, shelf, progress)
    channels = client.channels(project, block.dsp.id)
    progress.conclude(f"{block.title}, trained {created[:10]}")
    return _Model(file, channels)


def _test_set(
    client: StudioClient,
    project: int,
    fetch: Callable[..., Fetched],
    shelf: Shelf,
    progress: Progress,
) -> _TestSet:
    samples = list_samples(client, project, progress)
    fetched = fetch(client, project, samples, shelf, progress)
    progress.conclude(_amount(samples, fetched))
    return _TestSet(samples, fetched)


def _fetch(way: Way, *, fetch: bool) -> Callable[..., Fetched]:
    if not fetch:
        return earlier_pictures
    return fetch_export if way is Way.EXPORT else fetch_pictures


def _counted(blocks: Blocks) -> str:
    return f"{len(blocks.usable)} of {len(blocks)} learning blocks can be explained"


def _amount(samples: tuple[StudioSample, ...], fetched: Fetched) -> str:
    if not fetched.count:
        return f"{len(samples):,}, all kept from before"
    return f"{len(samples):,}, {fetched.volume / 1e6:.1f} MB came"


def _page_of(info: ProjectInfo, access: Access) -> str:
    origin = access.host.origin
    own = info.url.startswith(f"{origin}/")
    return info.url if own else f"{origin}/studio/{info.id}"
