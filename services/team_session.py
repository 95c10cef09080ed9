"""What one person shares with others, and what is shared with them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from services.errors import ProjectError
from services.landing import own_figure
from services.notes.settling import open_work
from services.opening.opening import Opened
from services.people.known import known_people
from services.people.person import Action, Person, may
from services.session import person
from services.sharing.owners import granted_by
from services.sharing.projects import (
    SharedProject,
    share_project,
    shared_projects,
    shared_with,
)
from services.sharing.shareable import EVERYONE, Shareable
from services.studio_session import access_of


@dataclass(frozen=True)
class ListedProject:
    """A shared project as the Project page lists it.

    Attributes:
        project: what is shared.
        work: how many of its samples are somebody's to look at, and not done.
    """

    project: SharedProject
    work: int


def listed_projects() -> tuple[ListedProject, ...]:
    """What is shared with this person, by title.

    Raises:
        DatabaseError: it cannot be read.
    """
    if not person().id:
        return ()
    projects = shared_projects(person())
    work = open_work([each.network for each in projects])
    return tuple(ListedProject(each, work.get(each.network, 0)) for each in projects)


def as_shared(opened: Opened) -> SharedProject:
    """An open project as what an admin may share.

    Raises:
        ProjectError: it was opened with a key that is somebody's own.
    """
    source, figure = str(opened.reference), own_figure(opened)
    title, network = opened.project.name, opened.project.network.digest
    if opened.studio is None:
        return SharedProject(source, title, network=network, figure=figure)
    access = access_of(opened)
    if access is None or not access.lent:
        raise ProjectError(
            "A project in Edge Impulse is shared by a key of the server's, and this one is open by "
            "a key of yours; open it with one of the server's on the Admin page."
        )
    return SharedProject(source, title, opened.studio.place.studio, access.lent, network, figure)


def share_opened(opened: Opened, people: Collection[str]) -> None:
    """Share an open project with these people.

    Raises:
        NotAllowedError: this person may not.
        ProjectError: it cannot be shared.
        DatabaseError: it cannot be written.
    """
    share_project(person(), as_shared(opened), people)


def sharing_of(source: str) -> frozenset[str] | None:
    """Whom a source is shared with by admins: ids, or `EVERYONE`; None where it is not shared."""
    projects = {each.source: each for each in shared_projects(person())}
    return shared_with(projects[source]) if source in projects else None


def sharing_by_me(item: Shareable) -> frozenset[str]:
    """Whom this person shares something of theirs with: ids, or `EVERYONE`."""
    return granted_by(person(), item)


def others() -> dict[str, str]:
    """Whom this person may share with: names by id, everyone first where they may."""
    me: Person = person()
    names = {EVERYONE: "Everyone"} if may(me, Action.SHARE) else {}
    return names | {each.id: str(each) for each in known_people() if each.id != me.id}
