"""Opening a source: network, samples, classes, input spec, predictions, in one background job."""

from __future__ import annotations

from dataclasses import dataclass

from gradcam import Network, load_network
from services.assembly import assemble
from services.errors import ProjectError
from services.jobs import Job, Jobs, Progress
from services.predictions import Predictions, predict
from services.preprocessing import PreprocessingCheck
from services.project import Project
from services.runtime import load_tensorflow
from services.settings import settings
from services.sources.folder import FolderContent, locate, read_folder
from services.sources.reference import SourceReference
from services.store import BoundedStore


@dataclass(frozen=True)
class Opened:
    """A project ready to be looked at.

    Attributes:
        reference: its source.
        project: what was opened.
        predictions: what the network says of every sample.
        check: the preprocessing trials; None where the source told the input spec.
    """

    reference: SourceReference
    project: Project
    predictions: Predictions
    check: PreprocessingCheck | None


_jobs: Jobs[Opened] = Jobs(workers=2)
_opened: BoundedStore[str, Opened] = BoundedStore(settings().projects)
_networks: BoundedStore[str, Network] = BoundedStore(settings().projects)


def already_open(reference: SourceReference) -> Opened | None:
    """The project, if this process has it open."""
    return _opened.get(str(reference))


def start_opening(reference: SourceReference) -> Job[Opened]:
    """Open a source in the background, or join whoever is opening it already."""
    return _jobs.start(str(reference), lambda progress: open_source(reference, progress))


def open_source(reference: SourceReference, progress: Progress | None = None) -> Opened:
    """Open a source now.

    Raises:
        GradcamError: one sentence on why it cannot be opened.
        Cancelled: the person left.
    """
    progress = progress or Progress()
    progress.begin("Looking through the folder")
    content = read_folder(locate(reference))
    progress.begin("Opening the network")
    network = _load(content)
    progress.begin("Getting ready")
    project, check = assemble(content, network, reference, progress)
    predictions = predict(project, progress)
    if not len(predictions):
        raise ProjectError(f"None of the {len(project.samples)} pictures can be read.")
    opened = Opened(reference, project, predictions, check)
    _opened.put(str(reference), opened)
    return opened


def _load(content: FolderContent) -> Network:
    # By path and time: a file that did not change is neither hashed nor opened again.
    key = f"{content.model}|{content.model.stat().st_mtime_ns}|{content.model.stat().st_size}"
    network = _networks.get(key)
    if network is None:
        load_tensorflow()
        network = load_network(content.model)
        _networks.put(key, network)
    return network
