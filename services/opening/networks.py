"""The networks that this process holds, each opened once."""

from __future__ import annotations

from collections.abc import Callable

from gradcam import Arithmetic, Network, load_network
from gradcam.anomaly.network import scored_network
from gradcam.loading import network_files
from services.errors import ProjectError
from services.keeping.store import BoundedStore
from services.opening.runtime import load_tensorflow
from services.settings import settings
from services.sources.content import SourceContent

_networks: BoundedStore[str, Network] = BoundedStore(settings().projects)


def network_of(content: SourceContent, arithmetic: Arithmetic = Arithmetic.PHONE) -> Network:
    """The network of what a source holds.

    Args:
        content: of the source.
        arithmetic: in which it is run, where there are several.

    Raises:
        GradcamError: one sentence on why it cannot be opened.
    """
    # By path and time: a file that did not change is neither hashed nor opened again.
    scored = content.scored
    by = "" if scored is None else f"|{scored.layer} {scored.scoring.digest}"
    key = f"{arithmetic}|{'|'.join(_states(content))}{by}"
    network = _networks.get(key)
    if network is None:
        load_tensorflow()
        network = load_network(
            content.model,
            content.network_name,
            content.weights,
            fold=settings().fold,
            arithmetic=arithmetic,
        )
        if scored is not None:
            network = scored_network(network, scored.scoring, scored.layer)
        _networks.put(key, network)
    return network


def reopened_by(content: SourceContent, output: int | None) -> Callable[[Arithmetic], Network]:
    """How the network of a project is opened in another arithmetic, see `Project.reopened`.

    Args:
        content: of the source.
        output: the one that is looked at, of a network of several.
    """

    def reopened(arithmetic: Arithmetic) -> Network:
        network = network_of(content, arithmetic)
        return network if output is None else network.only(output)

    return reopened


def _states(content: SourceContent) -> list[str]:
    files = [*network_files(content.model), *([content.weights] if content.weights else [])]
    try:
        return [f"{each}|{each.stat().st_mtime_ns}|{each.stat().st_size}" for each in files]
    except OSError as error:
        raise ProjectError(f"The model file {content.model.name} is no longer there.") from error
