"""What a key may do, as Studio names it."""

from __future__ import annotations

from enum import Enum, StrEnum


class Role(StrEnum):
    """A role of a project's key; the values are Studio's."""

    ADMIN = "admin"
    INGESTION_DEPLOYMENT = "ingestion_deployment"
    INGESTION_ONLY = "ingestiononly"
    READONLY = "readonly"


class Right(Enum):
    """What a call asks of the key; the value holds the roles that have it."""

    KNOW_ITSELF = frozenset(Role)
    READ = frozenset({Role.ADMIN, Role.INGESTION_DEPLOYMENT, Role.READONLY})
    WRITE = frozenset({Role.ADMIN})

    def refusal(self) -> str:
        """Studio's words for a key that lacks this right."""
        roles = ", ".join(sorted(self.value))
        return f"insufficient permissions (valid roles: [{roles}])"
