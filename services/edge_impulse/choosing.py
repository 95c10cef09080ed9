"""Which learning block of a project is opened, and why others are not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from services.edge_impulse.blocks import Blocks, UsableBlock
from services.edge_impulse.client import StudioClient
from services.edge_impulse.errors import StudioError
from services.edge_impulse.learning import learn_kind
from services.edge_impulse.model import LearnMetadata
from services.edge_impulse.network import Artefact, offered_artefacts, why_none_offered
from services.edge_impulse.place import StudioPlace
from services.tasks.registry import TASKS

# What Studio calls the task of a block, where it is called otherwise here; its plain anomalies
# are those of rows of features, which are no task.
MODES = {"object-detection": "objects", "visual-anomaly": "anomaly", "anomaly": ""}


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
class Trained:
    """A block with a network.

    Attributes:
        block: where it stands.
        metadata: what Studio knows of it.
        task: of the block, by its name here.
        artefacts: the files of it that Studio offers; none of one that is here already.
    """

    block: UsableBlock
    metadata: LearnMetadata
    task: str
    artefacts: tuple[Artefact, ...] = ()


def candidates_of(
    blocks: Blocks, place: StudioPlace | None, deployed: Deployed | None
) -> tuple[UsableBlock, ...]:
    """The learning blocks that may be opened, in the order in which they are tried.

    Args:
        blocks: of the project.
        place: the one that is asked for; None for any.
        deployed: a network that is here already.

    Raises:
        StudioError: there is none.
    """
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


def first_trained(
    client: StudioClient,
    project: int,
    candidates: tuple[UsableBlock, ...],
    deployed: Deployed | None,
) -> Trained:
    """The first block with a network that is opened here.

    Raises:
        StudioError: there is none, with the reasons.
    """
    reasons = []
    for block in candidates:
        kind = learn_kind(block.learn.type)
        metadata = kind.metadata(client, project, block.learn.id)
        task = MODES.get(metadata.mode, metadata.mode)
        reason, artefacts = kind.doubt(metadata), tuple[Artefact, ...]()
        if reason:
            pass
        elif not metadata.trained and deployed is None:
            reason = "it has no trained model yet; train it in Studio and connect again"
        elif TASKS.get(task) is None:
            reason = f"its kind, {metadata.mode}, is not explained here yet"
        elif deployed is None:
            downloads = client.downloads(project, block.impulse.id)
            artefacts = kind.order(offered_artefacts(downloads, project, block.learn.id))
            if not artefacts:
                reason = why_none_offered(downloads, project, block.learn.id)
        if not reason:
            return Trained(block, metadata, task, artefacts)
        reasons.append((block.title, reason))
    raise StudioError(_reasons(reasons))
