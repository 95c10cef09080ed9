"""What a key opens, and the sentences where it does not open what a person wants."""

from __future__ import annotations

from services.edge_impulse.access import Access
from services.edge_impulse.client import StudioClient
from services.edge_impulse.errors import StudioError
from services.edge_impulse.model import CANNOT_READ, MAY_WRITE, ONLY_READS, KeyInfo


def reading_key(client: StudioClient, access: Access) -> KeyInfo:
    """What a key opens, if it may read that.

    Raises:
        StudioError: Studio does not know it, it may only add data, or it is the server's and may
            do more than read.
    """
    key = _known_key(client, access)
    if key.role in CANNOT_READ:
        raise StudioError(
            f"This key may only add data (its role is {key.role}); make one that may read, "
            "such as readonly or admin, in Studio on Dashboard, Keys.",
            403,
        )
    if access.lent and key.role not in ONLY_READS:
        raise StudioError(
            f"The server's key “{access.lent}” may do more than read (its role is {key.role}); "
            "whoever runs this dashboard has to put one of the role readonly in its place.",
            403,
        )
    return key


def writing_key(client: StudioClient, access: Access, project: int) -> KeyInfo:
    """What a key opens, if it may change samples of a project.

    Where an older Studio does not tell the role, Studio itself has the last word at each call.

    Raises:
        StudioError: Studio does not know it, it is another project's, or it may not write.
    """
    key = _known_key(client, access)
    if key.project != project:
        raise StudioError(
            f"This key is for project {key.project}, and the samples are project {project}'s; "
            "type a key of that project."
        )
    if key.role not in {MAY_WRITE, ""}:
        raise StudioError(
            f"This key may not change samples (its role is {key.role}); make one with the role "
            f"{MAY_WRITE} in Studio on Dashboard, Keys.",
            403,
        )
    return key


def _known_key(client: StudioClient, access: Access) -> KeyInfo:
    try:
        return client.key_info()
    except StudioError as error:
        if error.status in {200, 401, 403} and error.said:
            raise StudioError(
                f"{access.host.origin} does not accept this key; it says “{error.said}”. "
                "Copy the key again in Studio on Dashboard, Keys.",
                error.status,
                error.said,
            ) from error
        raise
