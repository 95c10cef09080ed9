"""One call of the API, checked: which project, which key, and what the call asks for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.studio.errors import StudioError
from tests.studio.faults import Action, Fault
from tests.studio.impulse import DspBlock, Impulse, LearnBlock
from tests.studio.log import Origin
from tests.studio.project import StudioProject
from tests.studio.roles import Right, Role
from tests.studio.sample import Category, StudioSample

if TYPE_CHECKING:
    from tests.studio.server import Studio

Json = dict[str, Any]


@dataclass(frozen=True)
class Blob:
    """An answer that is no JSON."""

    content: bytes
    media_type: str


@dataclass(frozen=True)
class Call:
    """A call by a known key."""

    studio: Studio
    project: StudioProject
    key: str
    role: Role
    method: str
    path: str
    query: dict[str, str]
    numbers: dict[str, int]
    words: dict[str, str]
    body: bytes

    def fault(self, *actions: Action) -> Fault | None:
        """The fault that meets this call, if it is one of these."""
        return self.studio.faults.take(frozenset(actions), self.method, self.path, Origin.STUDIO)

    # ------------------------------------------------------------------------ parameters

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A parameter of `true` or `false`."""
        text = self.query.get(name)
        if text is None:
            return default
        if text.lower() not in {"true", "false"}:  # the official client writes True
            raise StudioError(f"Query parameter '{name}' should be a boolean", 400)
        return text.lower() == "true"

    def whole(self, name: str, default: int | None) -> int | None:
        """A parameter that is a whole number."""
        text = self.query.get(name)
        if text is None:
            return default
        if not text.isdecimal():
            raise StudioError(f"Query parameter '{name}' should be an integer", 400)
        return int(text)

    def word(self, name: str, allowed: set[str], default: str | None = None) -> str | None:
        """A parameter out of a list."""
        text = self.query.get(name, default)
        if text is not None and text not in allowed:
            raise StudioError(f"Query parameter '{name}' should be one of {sorted(allowed)}", 400)
        return text

    def category(self, default: str | None = None) -> Category | None:
        """The category asked for; None: all of them. Without a default it has to be named."""
        chosen = self.word("category", {*Category, "all"}, default)
        if chosen is None:
            raise StudioError("Missing required query parameter 'category'", 400)
        return None if chosen == "all" else Category(chosen)

    def json_body(self) -> Json:
        """The body, which has to be a JSON object."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError as error:
            raise StudioError("Unexpected token in JSON", 400) from error
        if not isinstance(value, dict):
            raise StudioError("The body should be an object", 400)
        return value

    # ---------------------------------------------------------------------------- things

    def impulse(self) -> Impulse | None:
        """The impulse that `impulseId` names, or the default one; None if there is none at all."""
        wanted = self.whole("impulseId", None)
        found = self.project.impulse(wanted)
        if found is None and wanted is not None:
            raise StudioError(f"No impulse found with ID {wanted}")
        return found

    def some_impulse(self) -> Impulse:
        """As `impulse`, where there has to be one."""
        found = self.impulse()
        if found is None:
            raise StudioError("No impulse has been created for this project")
        return found

    def learn(self) -> LearnBlock:
        """The learn block that the path names."""
        number = self.numbers["learn"]
        found = self.project.learn(number)
        if found is None:
            raise StudioError(f"No learn block found with ID {number}")
        return found

    def dsp(self) -> DspBlock:
        """The processing block that the path names."""
        number = self.numbers["dsp"]
        found = self.project.dsp(number)
        if found is None:
            raise StudioError(f"No DSP block found with ID {number}")
        return found

    def sample(self) -> StudioSample:
        """The sample that the path names."""
        number = self.numbers["sample"]
        found = self.project.samples.get(number)
        if found is None:
            raise StudioError(f"No sample found with ID {number}")
        return found


@dataclass(frozen=True)
class Endpoint:
    """One call that the API offers.

    Attributes:
        path: after `/v1/api`, as Starlette writes it.
        right: what the key has to have.
        answer: gives the fields beside `success`, or a file.
        heavy: whether it computes for long and must not hold other calls up.
    """

    method: str
    path: str
    right: Right
    answer: Callable[[Call], Json | Blob]
    heavy: bool = False
