"""Whose processes make the batches of some work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from services.engines.maker import Maker
from services.engines.on_ray import OnRay, require_ray
from services.engines.processes import Processes


class Engine(StrEnum):
    """By their names for a command."""

    LOCAL = "local"
    RAY = "ray"

    def check(self, address: str) -> None:
        """Look whether there is who can make batches, before there are any.

        Args:
            address: of a cluster; "" for one of this machine.

        Raises:
            ProjectError: there is not, with the way out.
        """
        if self is Engine.RAY:
            require_ray(address)

    def maker(
        self, command: Sequence[str], count: int, environment: Mapping[str, str], address: str
    ) -> Maker | None:
        """Who makes the batches; None for the process that asks.

        Args:
            command: starts a process that makes batches, see `worker.Worker`.
            count: how many; 0 for whatever is usual.
            environment: for processes of this machine, see `worker.Worker`.
            address: of a cluster; "" for one of this machine.
        """
        if self is Engine.RAY:
            return OnRay(command, count, address)
        return Processes(command, count, environment) if count > 1 else None
