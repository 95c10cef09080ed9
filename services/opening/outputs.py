"""Which of several outputs of a network is looked at: the one that fits the labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from gradcam import Network
from gradcam.head import Head, Squash
from services.alternative import Alternative
from services.errors import ProjectError
from services.fact import Fact
from services.numbers import are_numbers
from services.opening.understanding import Understood, understood
from services.sample import Sample
from services.sources.content import SourceContent
from services.sources.manifest import PROJECT_FILE
from services.sources.reference import OUTPUT
from services.spelling import some_of
from services.tasks.registry import TASKS, VALUES

# To give classes, the likeliest first.
LIKELY = (Squash.SOFTMAX, Squash.LOG_SOFTMAX, Squash.SIGMOID, Squash.LINEAR)
ENDINGS = re.compile(r"[_\s-]*(output|out|head|predictions?|pred|labels?)$")
TOGETHER = "all values together"
WORDS = {
    Squash.SOFTMAX: "class scores",
    Squash.LOG_SOFTMAX: "class scores",
    Squash.SIGMOID: "scores",
    Squash.LINEAR: "values",
}


def understood_output(
    content: SourceContent, network: Network, picked: str = ""
) -> tuple[Understood, tuple[Alternative, ...]]:
    """The network with the one output that is looked at, and what else could be.

    The one that the person picked or project.toml names; else the first whose classes fit the
    labels, or the list of classes; of values all together, as one row.

    Args:
        content: of the source.
        network: with all its outputs.
        picked: the person's output, by name or number; "" where they left it.

    Raises:
        ProjectError: no output fits, or there is none of that name.
    """
    heads = network.heads
    if len(heads) == 1:
        return understood(_labelled_for(content, heads, 0), network), ()
    named = picked or content.manifest.output
    if named:
        number = _numbered(heads, named, picked)
        why = "chosen by you on the Project page" if picked else f"as {PROJECT_FILE} says"
        read = _with_fact(_asked(content, network, number), heads, number, why)
        return read, _choice(heads, number, "the one that fits" if picked else "")
    if any("output" in own for own in content.manifest.settings.values()):
        return understood(content, network), _choice(heads, None, TOGETHER)  # numbered through all
    for number in _likeliest(content, network):
        if fitting := _fitting(*_of(content, network, number)):
            why = f"the first of {len(heads)} that fits"
            return _with_fact(fitting, heads, number, why), _choice(heads, number)
    if _all_values(heads) and (whole := _fitting(content, network)):
        return whole, _choice(heads, None, TOGETHER)
    raise _none_fits(content, network)


def output_said(number: int, head: Head) -> str:
    """An output in words, such as `class (3 class scores)`."""
    if head.grid is not None:
        return f"{_name(number, head)} (a map of {head.grid[0]} × {head.grid[1]})"
    if head.is_table:
        return f"{_name(number, head)} (a table of {head.units} numbers)"
    one = WORDS[head.squash][:-1] if head.units == 1 else WORDS[head.squash]
    return f"{_name(number, head)} ({head.units} {one})"


def _name(number: int, head: Head) -> str:
    return head.name or f"{number}"


def _numbered(heads: Sequence[Head], named: str, picked: str) -> int:
    names = [head.name for head in heads]
    if named in names:
        return names.index(named)
    if named.isdecimal() and int(named) < len(heads):
        return int(named)
    whose = "The link" if picked else PROJECT_FILE
    raise ProjectError(f"{whose} asks for the output {named}, but the network has {_all(heads)}.")


def _all(heads: Sequence[Head]) -> str:
    return some_of([output_said(number, head) for number, head in enumerate(heads)])


def _of(content: SourceContent, network: Network, number: int) -> tuple[SourceContent, Network]:
    return _labelled_for(content, network.heads, number), network.only(number)


def _fitting(content: SourceContent, network: Network) -> Understood | None:
    """What is understood of an output, if it says something of the samples."""
    try:
        read = understood(content, network)
    except ProjectError:
        return None
    labelled = any(sample.label is not None for sample in content.labelled.samples)
    known = any(sample.label is not None for sample in read.samples)
    return read if known or not labelled else None


def _asked(content: SourceContent, network: Network, number: int) -> Understood:
    """What is understood of an output that somebody asks for: without labels where none fits it."""
    own, part = _of(content, network, number)
    if fitting := _fitting(own, part):
        return fitting
    labelled, named = own.labelled, own.manifest.task
    bare = tuple(replace(sample, label=None) for sample in labelled.samples)
    of_classes = network.heads[number].squash.is_over_classes
    values = named if of_classes else named or VALUES
    own = replace(
        own,
        labelled=replace(labelled, samples=bare),
        manifest=replace(own.manifest, task=values),
    )
    read = understood(own, part)
    fact = Fact("labels", _some_labels(content), "do not fit this output, so nothing is judged")
    return replace(read, facts=(*read.facts, fact))


def _likeliest(content: SourceContent, network: Network) -> list[int]:
    """Outputs that may be looked at by themselves, in the order in which they are tried.

    Where all are values and none has labels of its own, they are looked at together.
    """
    heads, given = network.heads, TASKS.get(content.manifest.task or "")
    columns = _by_columns(content, heads)
    if _all_values(heads) and not columns and not _are_names(content):
        return []
    measured = not columns and _are_measured(content)
    values_first = measured if given is None else given.reads(network)
    order = LIKELY[::-1] if values_first else LIKELY
    return sorted(_readable(heads), key=lambda number: order.index(heads[number].squash))


def _all_values(heads: Sequence[Head]) -> bool:
    return all(head.squash is Squash.LINEAR for head in heads)


def _labels(content: SourceContent) -> set[str]:
    return {each.label for each in content.labelled.samples if each.label is not None}


def _are_names(content: SourceContent) -> bool:
    labels = _labels(content)
    return bool(labels) and not are_numbers(labels)


def _are_measured(content: SourceContent) -> bool:
    """Whether labels are numbers that no class is counted by."""
    labels = _labels(content)
    return are_numbers(labels) and any(float(label) % 1 for label in labels)


def _with_fact(read: Understood, heads: Sequence[Head], number: int, why: str) -> Understood:
    others = [output_said(n, head) for n, head in enumerate(heads) if n != number]
    beside = "the other is" if len(others) == 1 else "the others are"
    why = f"{why}; {beside} {some_of(others)}"
    if able := [_name(n, heads[n]) for n in _readable(heads) if n != number]:
        why += f'; output = "{able[0]}" in {PROJECT_FILE}, or the Project page, takes another'
    fact = Fact("output", output_said(number, heads[number]), why)
    return replace(read, facts=(fact, *read.facts), output=number)


def _choice(
    heads: Sequence[Head], taken: int | None, by_itself: str = ""
) -> tuple[Alternative, ...]:
    """What a person can take in place of an output.

    Args:
        heads: of the network.
        taken: the number of the output; None for what is taken by itself.
        by_itself: what that is; "" where it is the output that was taken.

    Returns:
        The choice; none where nothing else can be taken.
    """
    order = sorted(_readable(heads), key=lambda n: n != taken and not by_itself)
    words = {_name(n, heads[n]): output_said(n, heads[n]) for n in order}
    if by_itself:
        words = {"": by_itself, **words}
    own = "" if taken is None else _name(taken, heads[taken])
    if len(words) < 2:
        return ()
    return (Alternative(OUTPUT, "Output of the network", own, words),)


def _readable(heads: Sequence[Head]) -> list[int]:
    """Outputs that can be looked at by themselves."""
    return [n for n, head in enumerate(heads) if head.grid is None and not head.is_table]


def _none_fits(content: SourceContent, network: Network) -> ProjectError:
    return ProjectError(
        f"{network.name} has {len(network.heads)} outputs, {_all(network.heads)}, and none fits "
        f'the labels ({_some_labels(content)}); choose one by output = "…" in {PROJECT_FILE}, '
        "and name its classes there or in labels.txt."
    )


def _some_labels(content: SourceContent) -> str:
    return some_of(sorted(_labels(content)))


# ------------------------------------------------------------- labels of several outputs


def _labelled_for(content: SourceContent, heads: Sequence[Head], number: int) -> SourceContent:
    """The content with the labels of one output, where a table labels several."""
    column = _column(content, heads, number)
    if column is None:
        return content
    labelled = content.labelled
    samples = tuple(_relabelled(sample, column) for sample in labelled.samples)
    return replace(content, labelled=replace(labelled, samples=samples))


def _relabelled(sample: Sample, column: str) -> Sample:
    if not sample.columns:
        return sample
    told = {**sample.columns, **sample.metadata}
    others = {key: value for key, value in told.items() if key != column and value}
    label = sample.columns.get(column) or None
    return replace(sample, label=label, metadata=MappingProxyType(others))


def _column(content: SourceContent, heads: Sequence[Head], number: int) -> str | None:
    """The heading of the column that labels an output; None where none is meant for it."""
    columns = _headings(content)
    if len(heads) > 1 and (named := _by_columns(content, heads)):
        return named.get(number)
    if len(heads) == 1 and heads[0].units > 1:
        numeric = [name for name in columns if _holds_numbers(content, name)]
        unit = int(content.manifest.settings.get(VALUES, {}).get("output", 0))
        if len(numeric) == heads[0].units and unit < len(numeric):
            return numeric[unit]
    return None


def _by_columns(content: SourceContent, heads: Sequence[Head]) -> dict[int, str]:
    """Columns by the number of the output that they label: by name, else all in their order."""
    columns = _headings(content)
    plain = {_plain(name): name for name in columns}
    named = {n: plain[own] for n, head in enumerate(heads) if (own := _plain(head.name)) in plain}
    if named or len(columns) != len(heads):
        return named
    return dict(enumerate(columns))


def _headings(content: SourceContent) -> tuple[str, ...]:
    """Columns that may label outputs; none where a person named the one of the label."""
    if content.manifest.label:
        return ()
    return next((tuple(each.columns) for each in content.labelled.samples if each.columns), ())


def _holds_numbers(content: SourceContent, column: str) -> bool:
    cells = {each.columns.get(column, "") for each in content.labelled.samples}
    return are_numbers(cells - {""})


def _plain(name: str) -> str:
    return ENDINGS.sub("", name.strip().casefold())
