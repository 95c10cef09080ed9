"""From what an issuer says of somebody to their role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.errors import NotAllowedError
from services.people.people_file import PeopleFile, read_people
from services.people.person import Role
from services.settings import Settings, settings


def groups_in(claims: Mapping[str, object]) -> tuple[str, ...]:
    """What a claim says of somebody that gives a role; all else, such as 200 groups, is left out.

    Args:
        claims: all that the issuer says.
    """
    decided = settings()
    said = _at(claims, decided.role_claim) if decided.role_claim else None
    values = said if isinstance(said, list | tuple) else [said]
    return tuple(v for v in values if isinstance(v, str) and v in decided.role_values)


def role_of(issuer: str, subject: str, email: str, groups: Iterable[str] = ()) -> Role:
    """What somebody who has signed in may do.

    Their own line in `people.toml` counts alone. Otherwise it is the highest of what the claim
    gives, what the line of their domain gives, and the default of the file.

    Args:
        issuer: who vouches for them.
        subject: their name there.
        email: "" where the issuer has not verified it.
        groups: what `groups_in` left of what the issuer says.

    Raises:
        NotAllowedError: they have no role, or the file has a fault; in a sentence for them.
    """
    decided = settings()
    people = read_people(decided.people)
    own = [name for name in (f"{issuer}:{subject}", email.lower()) if name in people.named]
    if own:
        role = people.named[own[0]]
    else:
        domain = people.named.get(f"*@{email.lower().rpartition('@')[2]}") if email else None
        claimed = [
            Role[decided.role_values[each].upper()]
            for each in groups
            if each in decided.role_values
        ]
        given = [domain, people.default, *claimed]
        role = max((each for each in given if each is not None), default=None)
    if role is None:
        raise NotAllowedError(_turned_away(email, people, decided))
    return role


def _at(claims: Mapping[str, object], name: str) -> object:
    """A claim by its name, or by the way to it: `realm_access.roles`."""
    if name in claims:
        return claims[name]
    first, _, rest = name.partition(".")
    inner = claims.get(first)
    return _at(inner, rest) if rest and isinstance(inner, Mapping) else None


def _turned_away(email: str, people: PeopleFile, decided: Settings) -> str:
    if decided.people is None and not decided.role_claim:
        return (
            "Nobody has a role on this dashboard yet; whoever runs it gives roles with "
            "GRADCAM_PEOPLE or GRADCAM_ROLE_CLAIM."
        )
    who = f"You are signed in as {email}" if email else "You are signed in"
    ask = " or ".join(people.admins[:3]) or "whoever runs this dashboard"
    return f"{who}, and have no role on this dashboard; ask {ask} for one."
