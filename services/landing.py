"""What a page has to show, in which view a project is shown, and which ones somebody had open."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.choices.choices import Choices
from services.edge_impulse.place import StudioPlace, parse_place
from services.errors import NotesError, ProjectError
from services.opening.opening import Opened
from services.people.person import Person
from services.sources.reference import SourceReference, parse_reference
from services.work.job import Job

log = logging.getLogger(__name__)
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


def greet(person: Person) -> None:
    """Write down who is here; nothing of whoever sits at their own machine."""
    if person.id:
        from services.people.known import note_seen  # with the database

        note_seen(person)


def own_figure(opened: Opened) -> str:
    """How good a project is, with its own threshold: `81.9 % accuracy`."""
    _, right = opened.predictions.answers.pages.figures(None)
    return f"{right.text} {right.name.lower()}"


def note_figure_of(person: Person, opened: Opened) -> None:
    """Write down how good a project is that somebody has opened, if it is one that is shared."""
    if not person.id:
        return
    from services.sharing.projects import note_figure  # with the database

    try:
        note_figure(str(opened.reference), opened.project.network.digest, own_figure(opened))
    except NotesError as error:
        log.warning("the figure of a shared project is not written down: %s", error)


def linked_source(source: str) -> SourceReference | None:
    """What a link names; None where that cannot be read."""
    try:
        return parse_reference(source)
    except ProjectError:
        return None


def links_to(link: str, source: str | None) -> bool:
    """Whether a link names this source, in whatever way somebody spelled it."""
    return source is not None and linked_source(link) == linked_source(source)


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
