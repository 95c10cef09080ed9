"""The kinds of learning blocks: what Studio knows of one, or why none of a kind is explained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from gradcam import NetworkError
from gradcam.anomaly.files import scoring_from
from services.edge_impulse.client import StudioClient
from services.edge_impulse.content import Content
from services.edge_impulse.download import FIRST_BYTES
from services.edge_impulse.errors import StudioError
from services.edge_impulse.model import LearnMetadata
from services.edge_impulse.network import Artefact
from services.fact import Fact
from services.numbers import counted
from services.sources.mixture import Scored

T = TypeVar("T")
GRIDS = frozenset({"", "fomo"})  # last layers that say of each place what is there
NO_MIXTURE = (
    "This block's Keras file only gives features, and Studio tells no Gaussian mixture that scores "
    "them, as with PatchCore; train the block with GMM, or have it offer its TensorFlow Lite file, "
    "which gives the scores."
)


@dataclass(frozen=True)
class LearnKind:
    """Learning blocks that give a network.

    Attributes:
        obstacle: why none of the kind can be explained; "" where one may be.
    """

    obstacle: str = ""

    def metadata(self, client: StudioClient, project: int, learn: int) -> LearnMetadata:
        """What Studio knows of a block that was trained.

        Raises:
            StudioError: Studio refuses, or cannot be reached.
            Cancelled: the person left.
        """
        return client.metadata(project, learn)

    def order(self, artefacts: Sequence[Artefact]) -> tuple[Artefact, ...]:
        """The files of a block, the one that explains best first.

        Args:
            artefacts: that Studio offers, in the usual order.
        """
        return tuple(artefacts)

    def scored(
        self,
        client: StudioClient,  # noqa: ARG002 - most networks give their answers themselves
        project: int,  # noqa: ARG002
        learn: int,  # noqa: ARG002
        file: Path,  # noqa: ARG002
    ) -> Scored | None:
        """How the features are scored that a block's network gives; None where it answers itself.

        Args:
            client: asks Studio.
            project: its number.
            learn: the block's number.
            file: of the network.

        Raises:
            StudioError: Studio refuses, or cannot be reached.
            NetworkError: what Studio says is no mixture.
            Cancelled: the person left.
        """
        return None

    def doubt(self, metadata: LearnMetadata) -> str:  # noqa: ARG002 - some kinds look at it
        """Why one of them cannot be explained all the same; "" where it can."""
        return ""


class Detecting(LearnKind):
    """Blocks that find objects; those are explained whose network gives a grid."""

    def doubt(self, metadata: LearnMetadata) -> str:
        """See `LearnKind.doubt`."""
        if metadata.last_layer in GRIDS:
            return ""
        return (
            f"it gives lists of boxes ({metadata.last_layer}), and only objects that are found on "
            "a grid (FOMO) are explained"
        )


class VisualAnomaly(LearnKind):
    """Blocks that score how unusual each place of a picture is."""

    def metadata(self, client: StudioClient, project: int, learn: int) -> LearnMetadata:
        """See `LearnKind.metadata`; thresholds also stand where those of all anomaly blocks do."""
        metadata = client.metadata(project, learn)
        told = _unless_refused(lambda: client.anomaly_metadata(project, learn))
        more = {} if told is None else told.thresholds
        return replace(metadata, thresholds=MappingProxyType({**more, **metadata.thresholds}))

    def order(self, artefacts: Sequence[Artefact]) -> tuple[Artefact, ...]:
        """See `LearnKind.order`: TensorFlow Lite gives the scores, Keras only what is scored."""
        return tuple(sorted(artefacts, key=lambda each: each.content is not Content.LITE))

    def scored(self, client: StudioClient, project: int, learn: int, file: Path) -> Scored | None:
        """See `LearnKind.scored`: a Keras file is the trunk, and Studio tells the mixture.

        PatchCore has none: it compares with features of its own, which Studio does not give.
        """
        if gives_scores(file):
            return None
        told = _unless_refused(lambda: client.anomaly_metadata(project, learn))
        mixture = _unless_refused(lambda: client.mixture(project, learn))
        if told is None or not mixture or not (told.mean and told.scale):
            raise NetworkError(NO_MIXTURE)
        values = {**mixture, "mean": told.mean, "scale": told.scale}
        scoring = scoring_from(values, "Studio's mixture")
        said = (
            f"{counted(len(scoring.mixture.weights), 'component')} of "
            f"{scoring.mixture.features} features"
        )
        return Scored(scoring, None, (Fact("mixture", said, "from the learning block"),))


def gives_scores(file: Path) -> bool:
    """Whether a network of a visual anomaly block is the whole one, by its first bytes."""
    with file.open("rb") as opened:
        return Content.LITE.begins(opened.read(FIRST_BYTES))


def _unless_refused(ask: Callable[[], T]) -> T | None:
    """An answer, or None where Studio has none for this block."""
    try:
        return ask()
    except StudioError as error:
        if error.concerns_all:
            raise
        return None


_CLUSTERS = LearnKind("it finds anomalies in rows of features, which lie nowhere on a sample")
_KINDS = {
    "keras-object-detection": Detecting(),
    "keras-akida-object-detection": Detecting(),
    "keras-visual-anomaly": VisualAnomaly(),
    "keras-anomaly": _CLUSTERS,
    "anomaly": _CLUSTERS,
    "anomaly-gmm": _CLUSTERS,
    "keras-freeform": LearnKind(
        "it is a custom block of free form, whose outputs have no known meaning"
    ),
    "vlm": LearnKind("it is a vision language model, not a Keras network"),
}


def learn_kind(word: str) -> LearnKind:
    """The kind of a learning block, by Studio's word for it."""
    other = "" if word.startswith("keras") else f"it is no Keras block ({word})"
    return _KINDS.get(word) or LearnKind(other)
