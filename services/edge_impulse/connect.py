"""From an API key to what a project holds: key, project, impulse, model, samples, test results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from services.edge_impulse.access import Access
from services.edge_impulse.blocks import BlockOption, options
from services.edge_impulse.changes import Changes, changes_since
from services.edge_impulse.client import StudioClient
from services.edge_impulse.earlier import earlier_pictures
from services.edge_impulse.errors import StudioError
from services.edge_impulse.export import fetch_export
from services.edge_impulse.input import manifest_of, stated
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
from services.edge_impulse.shelf import shelf_of
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
UNTESTED = "Studio has not tested this model yet."


@dataclass(frozen=True)
class StudioProject:
    """What is known of a project in Studio beside what every project has.

    Attributes:
        place: where it lies.
        info: its own page in Studio.
        url: of that page.
        role: of the key that opened it; empty where Studio does not tell.
        options: its learning blocks; the chosen one is `place.learn`.
        fetched: how many pictures or zips were fetched now, and how many bytes.
        changes: since the visit before; None at the first.
        results: of Studio's own model testing, by variant.
        no_results: why there are none; empty where there are.
    """

    place: StudioPlace
    info: ProjectInfo
    url: str
    role: str
    options: tuple[BlockOption, ...]
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

    option: BlockOption
    metadata: LearnMetadata


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
    key = _checked_key(client, access, place, progress)
    project = key.project
    if only not in {None, project}:
        raise StudioError(
            f"The key is for project {project}, and the metadata for project {only}; "
            "give the key of that project."
        )
    progress.begin("Looking at the project")
    info = client.project(project)
    progress.conclude(info.name)

    progress.begin("Looking at the impulses")
    blocks = options(client.impulses(project), info.default_impulse)
    tried = blocks
    if linked and (linked.project, linked.origin) == (project, access.host.origin):
        way = linked.way
        tried = tuple(sorted(blocks, key=lambda option: option.learn.id != linked.learn))
    candidates = _candidates(tried, place, deployed)
    progress.conclude(_counted(blocks))

    shelf = shelf_of(access.host.origin, project)
    with shelf.reserved(progress) as held:
        progress.begin("Looking for a trained model")
        trained = _trained(client, project, candidates, deployed)
        block = trained.option
        assert block.dsp is not None  # noqa: S101 - a block without one is no candidate
        assert block.input is not None  # noqa: S101
        model = (
            deployed.model
            if deployed
            else fetch_model(
                client, project, block.learn.id, trained.metadata.created, shelf, progress
            )
        )
        channels = client.channels(project, block.dsp.id)
        progress.conclude(f"{block.title}, trained {trained.metadata.created[:10]}")

        way = place.way if place else way
        samples = list_samples(client, project, progress)
        fetched = _fetch(way, fetch=fetch)(client, project, samples, shelf, progress)
        progress.conclude(_amount(samples, fetched))
        mode = trained.metadata.mode
        words = TASKS[mode].from_studio(trained.metadata.class_names, trained.metadata.thresholds)
        manifest = manifest_of(info.name, mode, words, block.input, trained.metadata, channels)
        changes = changes_since(shelf, block, trained.metadata, samples, str(manifest))

    place = StudioPlace(access.host.origin, project, block.impulse.id, block.learn.id, way)
    progress.begin("Looking for Studio's own test results")
    results, no_results = test_results(client, place)
    progress.conclude(", ".join(result.variant for result in results) or "none")

    content = SourceContent(
        name=info.name,
        model=model,
        manifest=manifest,
        labelled=labelled(samples, fetched, words.classes),
        class_names=None,
        facts=stated(manifest, block, trained.metadata, way, len(samples), words.facts),
        network_name=f"“{block.title}”",
        held=held,
    )
    studio = StudioProject(
        place=place,
        info=info,
        url=_page_of(info, access),
        role=key.role,
        options=blocks,
        fetched=(fetched.count, fetched.volume),
        changes=changes,
        results=results,
        no_results=no_results,
    )
    return content, studio


def _checked_key(
    client: StudioClient, access: Access, place: StudioPlace | None, progress: Progress
) -> KeyInfo:
    progress.begin("Showing the key to Studio")
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
    return key


def _candidates(
    blocks: tuple[BlockOption, ...], place: StudioPlace | None, deployed: Deployed | None
) -> tuple[BlockOption, ...]:
    if not blocks:
        raise StudioError(
            "The project has no impulse with a learning block yet; make one in Studio on "
            "Create impulse, train it, and connect again."
        )
    if place is not None:
        wanted = [option for option in blocks if option.learn.id == place.learn]
        if not wanted:
            raise StudioError(
                f"The project no longer has the learning block {place.learn}; "
                "connect with its key again to choose another."
            )
        blocks = tuple(wanted)
    if deployed is not None and deployed.learn:
        own = tuple(option for option in blocks if option.learn.id in deployed.learn)
        blocks = own or blocks
    usable = tuple(option for option in blocks if not option.obstacle)
    if not usable:
        raise StudioError(_reasons([(option.title, option.obstacle) for option in blocks]))
    return usable


def _reasons(reasons: list[tuple[str, str]]) -> str:
    shown = "; ".join(f"“{title}”: {reason}" for title, reason in reasons[:3])
    more = f"; and {len(reasons) - 3} more" if len(reasons) > 3 else ""
    return f"No learning block can be explained. {shown}{more}."


def _trained(
    client: StudioClient,
    project: int,
    candidates: tuple[BlockOption, ...],
    deployed: Deployed | None,
) -> _Trained:
    """The first block with a Keras model; where there is none, the reasons."""
    reasons = []
    for option in candidates:
        metadata = client.metadata(project, option.learn.id)
        reason = ""
        if not metadata.trained and deployed is None:
            reason = "it has no trained model yet; train it in Studio and connect again"
        elif metadata.mode not in TASKS:
            reason = f"its kind, {metadata.mode}, is not explained here yet"
        elif deployed is None:
            downloads = client.downloads(project, option.impulse.id)
            reason = why_no_keras_file(downloads, project, option.learn.id)
        if not reason:
            return _Trained(option, metadata)
        reasons.append((option.title, reason))
    raise StudioError(_reasons(reasons))


def _fetch(way: Way, *, fetch: bool) -> Callable[..., Fetched]:
    if not fetch:
        return earlier_pictures
    return fetch_export if way is Way.EXPORT else fetch_pictures


def test_results(client: StudioClient, place: StudioPlace) -> tuple[tuple[TestResult, ...], str]:
    """Results by variant, or why there are none: they are never a reason not to open a project."""
    try:
        variants = client.test_variants(place.project, place.impulse)
        results = [
            client.test_result(place.project, place.impulse, place.learn, variant)
            for variant in sorted(variants)
            if variant in {"float32", "int8"}
        ]
    except StudioError as error:
        untested = error.said.lower().startswith("no model testing results")
        return (), UNTESTED if untested else str(error)
    told = tuple(result for result in results if result.scores)
    return told, "" if told else UNTESTED


def _counted(blocks: tuple[BlockOption, ...]) -> str:
    usable = sum(not option.obstacle for option in blocks)
    return f"{usable} of {len(blocks)} learning blocks can be explained"


def _amount(samples: tuple[StudioSample, ...], fetched: Fetched) -> str:
    if not fetched.count:
        return f"{len(samples):,}, all kept from before"
    return f"{len(samples):,}, {fetched.volume / 1e6:.1f} MB came"


def _page_of(info: ProjectInfo, access: Access) -> str:
    origin = access.host.origin
    own = info.url.startswith(f"{origin}/")
    return info.url if own else f"{origin}/studio/{info.id}"
