"""Projects that an admin shares: listed for everyone who may see them, and opened by their link."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from services.database.transactions import reading, writing
from services.people.person import Action, Person, demand, may
from services.sharing.owners import grant, granted_to
from services.sharing.shareable import EVERYONE, Shareable, ShareableKind
from services.sharing.tables import SHARED_PROJECTS

ADMINS = ""  # any of them may change what one of them has shared


@dataclass(frozen=True)
class SharedProject:
    """A project that an admin shares.

    Attributes:
        source: its reference.
        title: its name.
        studio: of one in Edge Impulse, the Studio's origin and the project's number; "" for others.
        key: name of the server's key that opens it; "" where it needs none.
        network: digest of its network, for what people say of its answers.
        figure: how good it was when it was last opened, in words.
    """

    source: str
    title: str
    studio: str = ""
    key: str = ""
    network: str = ""
    figure: str = ""

    @property
    def item(self) -> Shareable:
        """What others may see of it: that it is there."""
        return Shareable(ShareableKind.PROJECT, self.source)

    @property
    def opens(self) -> tuple[Shareable, ...]:
        """All that whoever sees it may open."""
        kind, _, place = self.source.partition("?")[0].partition(":")
        uploads = (Shareable(ShareableKind.UPLOAD, place),) if kind == ShareableKind.UPLOAD else ()
        return self.item, *uploads


def share_project(
    admin: Person, project: SharedProject, people: Collection[str] = (EVERYONE,)
) -> None:
    """Share a project, or share it with others than until now.

    Args:
        admin: who shares it.
        project: what.
        people: ids of who may see it, or `EVERYONE`.

    Raises:
        NotAllowedError: they may not share projects.
        DatabaseError: it cannot be written.
    """
    demand(admin, Action.SHARE)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    with writing() as connection:
        _remove(connection, project.source)
        row = {**asdict(project), "by": admin.id, "at": at}
        connection.execute(insert(SHARED_PROJECTS).values(**row))
        for item in project.opens:
            grant(connection, ADMINS, item, people)


def share_no_longer(admin: Person, source: str) -> None:
    """Share a project no longer: who looks at it is told so at their next step.

    Raises:
        NotAllowedError: they may not share projects.
        DatabaseError: it cannot be written.
    """
    demand(admin, Action.SHARE)
    with writing() as connection:
        _remove(connection, source)


def shared_projects(person: Person) -> tuple[SharedProject, ...]:
    """What is shared with somebody, by title; an admin sees all.

    Raises:
        DatabaseError: it cannot be read.
    """
    with reading() as connection:
        if connection is None:
            return ()
        rows = connection.execute(select(SHARED_PROJECTS)).mappings().all()
        projects = map(_project, rows)
        seen = (each for each in projects if _sees(connection, person, each))
        return tuple(sorted(seen, key=lambda each: (each.title.casefold(), each.source)))


def shared_with(project: SharedProject) -> frozenset[str]:
    """Ids of who may see a project, or `EVERYONE`.

    Raises:
        DatabaseError: it cannot be read.
    """
    with reading() as connection:
        return frozenset() if connection is None else granted_to(connection, project.item)


def key_for(person: Person, studio: str) -> str:
    """Name of the server's key that opens a project in Edge Impulse for somebody; "" for none.

    Args:
        person: who wants to see it.
        studio: the Studio's origin and the project's number, see `SharedProject.studio`.

    Raises:
        DatabaseError: it cannot be read.
    """
    with reading() as connection:
        if connection is None:
            return ""
        those = select(SHARED_PROJECTS).where(SHARED_PROJECTS.c.studio == studio)
        projects = map(_project, connection.execute(those).mappings().all())
        return next((each.key for each in projects if _sees(connection, person, each)), "")


def note_figure(source: str, network: str, figure: str) -> None:
    """Write down how good a shared project is, if it is one.

    Raises:
        DatabaseError: it cannot be written.
    """
    now = {"network": network, "figure": figure}
    this = SHARED_PROJECTS.c.source == source
    with reading() as connection:
        if connection is None:
            return
        row = connection.execute(select(SHARED_PROJECTS).where(this)).mappings().one_or_none()
    if row is not None and any(row[name] != value for name, value in now.items()):
        with writing() as connection:
            connection.execute(update(SHARED_PROJECTS).where(this).values(**now))


def _sees(connection: Connection, person: Person, project: SharedProject) -> bool:
    if may(person, Action.SHARE):
        return True
    return bool({person.id, EVERYONE} & granted_to(connection, project.item))


def _remove(connection: Connection, source: str) -> None:
    connection.execute(delete(SHARED_PROJECTS).where(SHARED_PROJECTS.c.source == source))
    for item in SharedProject(source, "").opens:
        grant(connection, ADMINS, item, ())


def _project(row: Mapping[Any, Any]) -> SharedProject:
    return SharedProject(**{field.name: row[field.name] for field in fields(SharedProject)})
