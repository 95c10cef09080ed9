"""What goes wrong outside the core, in one sentence for the person."""

from gradcam import GradcamError


class ProjectError(GradcamError):
    """A project cannot be opened; the message says why and what to do."""


class UploadGoneError(ProjectError):
    """An upload is no longer kept."""

    def __init__(self) -> None:
        super().__init__("That upload is no longer kept on this server; upload it again.")


class KeyMissingError(ProjectError):
    """A project lies in Edge Impulse, and this session holds no key for it."""

    def __init__(self, project: int) -> None:
        super().__init__(
            f"The link is for project {project} in Edge Impulse and holds no key; type the "
            "project's API key to open it."
        )


class OutputError(ProjectError):
    """The output cannot be written."""


class NotesError(GradcamError):
    """What people wrote can be neither read nor kept; the message says why and what to do."""


class DatabaseError(NotesError):
    """The database can be neither read nor written; the message says why and what to do."""


class DatabaseUnfitError(DatabaseError):
    """The database is no use as it is or is named; trying again will not help."""


class NotAllowedError(GradcamError):
    """A person's role does not let them do it; the message says what."""


class SignedOutError(GradcamError):
    """Nobody is signed in any more, or not yet."""

    def __init__(self) -> None:
        super().__init__("You are signed out. Sign in to go on where you were.")


class NothingExplainableError(ProjectError):
    """There is no picture that could be explained."""


class Cancelled(Exception):  # noqa: N818 - no error: the person asked for it
    """The person left a wait."""


class Skipped(Exception):  # noqa: N818 - no error: the person asked for it
    """The person goes on without a step that need not be done."""
