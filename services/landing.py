"""What a page has to show, in which view a project is shown, and which ones somebody had open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.choices.choices import Choices
from services.edge_impulse.place import StudioPlace, parse_place
from services.errors import ProjectError
from services.opening.opening import Opened
from services.sources.reference import parse_reference
from services.work.job import Job

RECENT = 6  # projects a person goes back to


@dataclass(frozen=True)
class Visit:
    """What a page has to show.

    Attributes:
        opened: the project that the link names; None while it is on its way or cannot be opened.
        waiting: a project on its way, if any.
        notice: one sentence on what was done, if any.
        error: one sentence on what could not be done, if so.
        is_refused: whether what the link names cannot be opened.
    """

    opened: Opened | None
    waiting: Job[Opened] | None
    notice: str | None = None
    error: str | None = None
    is_refused: bool = False


@dataclass(frozen=True)
class Recent:
    """A project that somebody had open.

    Attributes:
        source: a source reference.
        name: of the project.
        origin: where it comes from, in a word.
    """

    source: str
    name: str
    origin: str


def with_recent(before: Iterable[Recent], source: str, opened: Opened) -> tuple[Recent, ...]:
    """The last projects with this one as the last of them."""
    now = Recent(source, opened.project.name, opened.reference.kind.said)
    return (*(each for each in before if each.source != source), now)[-RECENT:]


def linked_studio_place(source: str) -> StudioPlace | None:
    """Where a source lies in Edge Impulse; None where it does not."""
    try:
        reference = parse_reference(source)
        return parse_place(reference.place) if reference.kind.needs_key else None
    except ProjectError:
        return None


def view_of(link: Choices, source: str, opened: Opened, *, seen: bool) -> Choices:
    """The choices that a project is shown with once it is open.

    Who came by a link that could not be opened, and then opened what it means, sees the link's
    view: it may have moved, been uploaded again, or been waiting for its key.

    Args:
        link: the choices until now.
        source: of the project.
        opened: the project.
        seen: whether what the choices name was shown, so that this is another project.
    """
    if source == link.source:
        return link
    place = linked_studio_place(link.source)
    another = place is not None and opened.studio is not None and opened.studio.place != place
    if seen or another:
        return link.changed("source", source)
    return replace(link, source=source)
