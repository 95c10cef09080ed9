"""The keys that one session holds; they are gone with it."""

from __future__ import annotations

from services.edge_impulse.access import Access
from services.edge_impulse.place import StudioPlace
from services.edge_impulse.shared_keys import shared_access
from services.errors import KeyMissingError
from services.people.person import Action, Person, may


class KeyRing:
    """What a person may open projects in Edge Impulse with."""

    def __init__(self) -> None:
        self._own: dict[tuple[str, int], Access] = {}
        self._tried: dict[tuple[str, int], str] = {}  # names of the server's keys, by an admin

    def keep(self, place: StudioPlace, access: Access) -> None:
        """Keep what Studio has just accepted; of a key of the server's only its name."""
        if access.lent:
            self._tried[place.origin, place.project] = access.lent
        else:
            self._own[place.origin, place.project] = access

    def own(self, place: StudioPlace) -> Access | None:
        """The person's own key for a project, by which it may be changed."""
        return self._own.get((place.origin, place.project))

    def access(self, person: Person, place: StudioPlace) -> Access:
        """The person's own key for a project, else that of the server where it is shared with them.

        Raises:
            KeyMissingError: there is neither.
            ProjectError: the server's key cannot be read.
            DatabaseError: it cannot be known.
        """
        if (own := self.own(place)) is not None:
            return own
        name = self._lent(person, place)
        if not name:
            raise KeyMissingError(place.project)
        return shared_access(name, place.origin)

    def _lent(self, person: Person, place: StudioPlace) -> str:
        if not person.id:  # shared projects are of a server that people sign in to
            return ""
        from services.sharing.projects import key_for  # with the database

        tried = self._tried.get((place.origin, place.project), "")
        may_try = tried if may(person, Action.SHARE) else ""
        return key_for(person, place.studio) or may_try
