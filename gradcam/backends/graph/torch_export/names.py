"""What the operators of a program are called: by the modules of the author's own code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from gradcam.backends.graph.torch_export.program import AtenCall
from gradcam.backends.graph.torch_export.sharing import base_name

_AWKWARD = re.compile(r"[;:,\s]+")


def module_paths(calls: Sequence[AtenCall]) -> tuple[str, ...]:
    """A path for each call of an operator, all different.

    What works alone for a module is called like it, `layer4/1/relu`; one of several goes by its
    operator, `layer4/1/add`. Of the turns of one module the last has its plain name, as people mean
    that one.
    """
    alone = _alone(calls)
    plain, seen = [], Counter[tuple[str, int]]()
    for call in calls:
        module = call.modules[-1]
        name = _path(module) if module in alone else _path(module, _word(call.operator))
        number = seen[name, call.turn]
        seen[name, call.turn] += 1
        plain.append(f"{name}_{number}" if number else name)
    last = {path: call.turn for path, call in zip(plain, calls, strict=True)}
    paths, used = [], set[str]()
    for path, call in zip(plain, calls, strict=True):
        wanted = path if call.turn == last[path] else f"{path}/call {call.turn + 1}"
        while wanted in used:
            wanted += "_"
        used.add(wanted)
        paths.append(wanted)
    return tuple(paths)


def _alone(calls: Sequence[AtenCall]) -> set[str]:
    """Modules in each of whose turns one operator works, and which hold no others that work."""
    working = Counter((call.modules[-1], call.turn) for call in calls)
    outer = {module for call in calls for module in call.modules[:-1]}
    several = {module for (module, _), number in working.items() if number > 1}
    return {module for module, _ in working if module} - outer - several


def _word(operator: str) -> str:
    """`relu` of `aten.relu_.default`."""
    return base_name(operator).strip("_") or operator


def _path(*parts: str) -> str:
    """Modules as groups: `layer4.1` becomes `layer4/1`."""
    inner = "/".join(part.replace(".", "/") for part in parts if part)
    return _AWKWARD.sub("_", inner)
