"""Calls that change a project's samples, one sample at a time.

Every call sets a state, so that a repeat does no harm. Studio's calls for many samples at once
choose by filters, and change a whole category where a filter is lost on the way: they are not used,
but for the one key of metadata that nothing else takes away.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from services.edge_impulse.access import Access
from services.edge_impulse.client import StudioClient
from services.edge_impulse.keys import writing_key
from services.edge_impulse.model import StudioSample
from services.edge_impulse.transport import Parameters
from services.work.progress import Progress


class StudioWriter:
    """Changes samples of one project. Safe to use from several threads.

    Every method raises StudioError where Studio refuses or cannot be reached, and Cancelled where
    the person left.

    Args:
        access: a key of the role admin, and its host.
        project: the number of the project that the samples are in.
        progress: how a person leaves.

    Raises:
        StudioError: the key is another project's, or may not write.
    """

    def __init__(self, access: Access, project: int, progress: Progress) -> None:
        self._client = StudioClient(access, progress)
        self._project = project
        writing_key(self._client, access, project)

    def sample(self, number: int) -> StudioSample | None:
        """A sample as it is now; None where it is gone."""
        return self._client.sample(self._project, number)

    def relabel(self, number: int, label: str) -> None:
        """Give a sample another label."""
        self._set(f"{number}/edit-label", {"label": label})

    def disable(self, number: int) -> None:
        """Take a sample out of the data set."""
        self._set(f"{number}/disable", {})

    def enable(self, number: int) -> None:
        """Have a sample take part again."""
        self._set(f"{number}/enable", {})

    def put_metadata(self, sample: StudioSample, key: str, value: str) -> None:
        """Set one key of a sample's metadata.

        Args:
            sample: as it is now: whether Studio keeps keys that are not sent is not known.
            key: which.
            value: of it.
        """
        self._set(f"{sample.id}/metadata", {"metadata": {**sample.metadata, key: value}})

    def drop_metadata(self, sample: StudioSample, key: str) -> None:
        """Take one key out of a sample's metadata, whichever way Studio takes new metadata."""
        others = {name: value for name, value in sample.metadata.items() if name != key}
        self._set(f"{sample.id}/metadata", {"metadata": others})
        now = self.sample(sample.id)
        if now is None or key not in now.metadata:
            return
        only: Parameters = {  # said twice: one filter lost on the way does not choose them all
            "category": now.category,
            "ids": json.dumps([sample.id]),
            "minId": sample.id,
            "maxId": sample.id + 1,
        }
        self._set("batch/clear-metadata-by-key", {"metadataKey": key}, only)

    def _set(self, path: str, body: Mapping[str, Any], only: Parameters | None = None) -> None:
        self._client.transport.set(f"/{self._project}/raw-data/{path}", body, only)
