"""Class names one a line, with or without numbers, as people and their tools write them."""

from __future__ import annotations

import re
from collections.abc import Sequence

# `0 cat`, `0: cat`, `0,cat`, `0. cat`; but `0.5` and `0-2` are names.
BEFORE = re.compile(r"(\d{1,6})\s*(?:[:;=)\]|\t]\s*|[.,-](?!\d)\s*|\s+)(\S.*)")
AFTER = re.compile(r"(\S.*?)\s*(?:[:,;=\t|]\s*|\s)(\d{1,6})")  # `cat:0`, `cat 0`, `cat,0`
SYNSET_BEFORE = re.compile(r"n\d{8}\s+(\S.*)")  # `n01440764 tench, Tinca tinca`
COMMENT = re.compile(r"\s*(#\s|//)")  # `#1` and `#other` may be names
ITEM = re.compile(r"\bitem\s*\{([^{}]*)\}")  # label_map.pbtxt
FIELD = re.compile(r"\b(\w+)\s*:\s*(?:\"([^\"]*)\"|'([^']*)'|(\d+))")
YAML_NAMES = re.compile(
    r"^names[ \t]*:([ \t]*\[[^\]]*\]|(?:[ \t]*\n[ \t]*(?:-|\d+[ \t]*:)[^\n]*)+)", re.MULTILINE
)


def items_in(text: str) -> list[tuple[int, str]] | None:
    """The classes of a `label_map.pbtxt`, by their numbers; None where the text is none."""
    items = []
    for body in ITEM.findall(text):
        fields = {key: a or b or number for key, a, b, number in FIELD.findall(body)}
        name = fields.get("display_name") or fields.get("name")
        if not name or not fields.get("id", "").isdigit():
            return None
        items.append((int(fields["id"]), name))
    return sorted(items) or None


def named_in_yaml(text: str) -> str:
    """What stands under `names:` of a YAML file, as lines or as a list; "" for nothing."""
    match = YAML_NAMES.search(text)
    if not match:
        return ""
    flow = re.fullmatch(r"\s*\[(.*)\]\s*", match[1], re.DOTALL)
    if not flow:
        return "\n".join(line.strip() for line in match[1].split("\n"))
    return "\n".join(name.strip() for name in flow[1].split(","))


def names_of(text: str) -> tuple[str, ...]:
    """What stands one a line, without bullets, quotes, comments and blank lines."""
    lines = [_bare(line) for line in text.split("\n") if not COMMENT.match(line)]
    return tuple(line for line in lines if line)


def split_line(line: str) -> tuple[str, ...]:
    """The names that stand in one line beside each other; one where nothing parts them."""
    parts = (line.split(mark) for mark in (",", ";", "\t", "|") if mark in line)
    return tuple(name for part in next(parts, [line]) if (name := _bare(part)))


def without_numbers(names: Sequence[str]) -> list[tuple[int, str]] | None:
    """The names by the numbers that stand before or after each of them.

    Returns:
        None where they are part of the names: where not all have one, where they do not count
        from 0 or 1, or where the names would not differ without.
    """
    before = [(int(m[1]), m[2].strip()) for name in names if (m := BEFORE.fullmatch(name))]
    after = [(int(m[2]), m[1].strip()) for name in names if (m := AFTER.fullmatch(name))]
    return next((each for each in (before, after) if _counts(each, len(names))), None)


def without_synsets(names: Sequence[str]) -> tuple[str, ...] | None:
    """The first name of each after its synset id; None where one has none."""
    matches = [SYNSET_BEFORE.fullmatch(name) for name in names]
    found_all = tuple(m[1].split(",")[0].strip() for m in matches if m)
    return found_all if len(found_all) == len(names) else None


def _counts(numbered: list[tuple[int, str]], count: int) -> bool:
    numbers = sorted(number for number, _ in numbered)
    names = {name for _, name in numbered}
    counted = numbers in (list(range(count)), list(range(1, count + 1)))
    return counted and len(names) == count and all(names)


def _bare(line: str) -> str:
    line = re.sub(r"^[-*•]\s+", "", line.strip())
    quoted = re.fullmatch(r"([\"'])(.*)\1\s*,?", line)
    return quoted[2].strip() if quoted else line
