"""The test set: as Studio lists it, and its files fetched one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from services.edge_impulse.client import StudioClient
from services.edge_impulse.errors import StudioError
from services.edge_impulse.feeds.feed import Feed
from services.edge_impulse.model import StudioSample
from services.edge_impulse.shelf import Shelf, files_by_name, remove_others, shelve
from services.label_sets import joined_labels
from services.sample import LeftOut, Sample
from services.sources.labels.boxes.reading import labelled_by_boxes
from services.sources.labels.labelled import STUDIO, LabelledSet
from services.work.progress import Progress

WORKERS = 4  # as Edge Impulse's own client
TOO_MANY = 12  # failures in a row: it is not the files' fault


@dataclass(frozen=True)
class Fetched:
    """Files of the test set.

    Attributes:
        paths: by the samples' identities.
        failed: why others have none, by the samples' numbers.
        count: how many files, or zips, came over the network now.
        volume: how many bytes that were.
        missing: why a sample has no file, where nothing failed.
    """

    paths: Mapping[str, Path]
    failed: Mapping[int, str]
    count: int = 0
    volume: int = 0
    missing: str = "the export does not hold it"


def list_samples(
    client: StudioClient, project: int, feed: Feed, progress: Progress
) -> tuple[StudioSample, ...]:
    """All samples of the test set, in the order in which they were added.

    Args:
        client: the way to Studio.
        project: its number.
        feed: says which of them can be fed.
        progress: is told how many there are.

    Raises:
        StudioError: there is none, or it cannot be listed.
        Cancelled: the person left.
    """
    progress.begin("Listing the test set")
    by_id: dict[int, StudioSample] = {}
    for total, page in client.samples(project):
        if not by_id:
            progress.begin("Listing the test set", total)
        looked_at = (replace(each, problem=each.problem or feed.problem(each)) for each in page)
        by_id |= {sample.id: sample for sample in looked_at}  # pages shift while samples are added
        progress.advance(len(page))
    if not by_id:
        raise StudioError(
            "The project has no test data; move some samples to the test set in Studio on "
            "Data acquisition, then connect again."
        )
    if all(sample.problem for sample in by_id.values()):
        (reason, _), *_ = Counter(sample.problem for sample in by_id.values()).most_common(1)
        raise StudioError(f"No sample of the test set can be used: {reason}.")
    return tuple(by_id[number] for number in sorted(by_id))


def fetch_files(
    client: StudioClient,
    project: int,
    feed: Feed,
    samples: Sequence[StudioSample],
    shelf: Shelf,
    progress: Progress,
) -> Fetched:
    """Have the files of samples on the shelf; what is there is not fetched again.

    One file that cannot be had does not stop the others; it is told.

    Raises:
        StudioError: Studio cannot be reached, refuses the key, or gives no file at all.
        ProjectError: the disk is full.
        Cancelled: the person left; files that are whole stay.
    """
    wanted = [sample for sample in samples if not sample.problem]
    folder = feed.folder(shelf)
    paths = files_by_name(folder)
    missing = [sample for sample in wanted if sample.identity not in paths]
    progress.begin(f"Downloading {feed.word}s", len(missing))
    failed: dict[int, str] = {}
    volume = in_a_row = 0
    pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="studio")
    try:
        ahead = iter(missing)
        coming: dict[Future[tuple[Path, int]], StudioSample] = {}

        def ask_for(count: int) -> None:
            """Never for all of them at once: who counts failures may be slower than they come."""
            for sample in islice(ahead, count):
                coming[pool.submit(_keep, client, project, feed, sample, folder)] = sample

        ask_for(2 * WORKERS)
        while coming:
            future = next(iter(wait(coming, return_when=FIRST_COMPLETED).done))
            sample = coming.pop(future)
            ask_for(1)
            try:
                paths[sample.identity], size = future.result()
                in_a_row = 0
            except StudioError as error:
                in_a_row += 1
                if error.concerns_all or in_a_row == TOO_MANY or not (paths or coming):
                    raise
                failed[sample.id] = str(error)
                size = 0
            volume += size
            progress.advance(1, size)
    finally:
        pool.shutdown(cancel_futures=True)
    kept = {sample.identity for sample in wanted}
    remove_others(folder, (path.name for key, path in paths.items() if key in kept))
    return Fetched(paths, failed, len(missing) - len(failed), volume)


def labelled(
    samples: Sequence[StudioSample], fetched: Fetched, classes: Sequence[str]
) -> LabelledSet:
    """Samples as the project has them, and those that take no part with their reasons.

    Args:
        samples: as Studio lists them.
        fetched: their files.
        classes: of the network; empty where it gives numbers.
    """
    names = _unique_names(samples)
    usable, left_out = [], []
    for sample in samples:
        name = names[sample.id]
        path = fetched.paths.get(sample.identity)
        problem = sample.problem or fetched.failed.get(sample.id, "")
        label: str | None = sample.label
        if sample.labels:
            label = joined_labels(dict.fromkeys(sample.labels))
        if label in {"", "-"} and label not in classes:
            label = None
        if problem or path is None:
            left_out.append(LeftOut(name, problem or fetched.missing))
        else:
            usable.append(
                Sample(name, path, label, sample.boxes, sample.metadata, studio_id=sample.id)
            )
    return LabelledSet(tuple(usable), STUDIO, tuple(left_out))


def by_drawn_boxes(labelled: LabelledSet) -> LabelledSet:
    """The same, for networks that find objects: a sample without boxes holds none."""
    return replace(labelled_by_boxes(labelled), why="the boxes that were drawn in Studio")


def _unique_names(samples: Sequence[StudioSample]) -> dict[int, str]:
    """A name for each sample by its number: its own, or with the number where others have it."""
    count = Counter(sample.name for sample in samples)
    names = {sample.id: sample.name for sample in samples if count[sample.name] == 1}
    taken = set(names.values())
    for sample in samples:
        if sample.id not in names:
            name = f"{sample.name} ({sample.id})"
            while name in taken:  # another sample is called so
                name += "'"
            names[sample.id] = name
            taken.add(name)
    return names


def _keep(
    client: StudioClient, project: int, feed: Feed, sample: StudioSample, folder: Path
) -> tuple[Path, int]:
    content, ending = feed.fetch(client, project, sample)
    path = folder / f"{sample.identity}{ending}"
    shelve(path, content)
    return path, len(content)
