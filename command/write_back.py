"""Agreed labels back to Edge Impulse Studio: EI_API_KEY=ei_… python -m command.write_back.

Without --write it is a dry run: it lists before and after of each sample and changes nothing. Any
key that may read will do for that; writing takes one of the role admin. What was written stands in
a log of this dashboard, and --undo takes it back.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial

from command.arguments import KEY_VARIABLE
from command.console import watched
from gradcam import GradcamError
from services.edge_impulse.access import Access, ApiKey, redact_logs
from services.edge_impulse.client import StudioClient
from services.edge_impulse.connect import connect
from services.edge_impulse.host import find_host
from services.edge_impulse.keys import reading_key
from services.edge_impulse.model import StudioSample
from services.errors import Cancelled
from services.keeping.known import sample_digests
from services.people.person import NOBODY_ELSE
from services.work.progress import Progress
from services.writing_back.agreed import agreed_labels
from services.writing_back.consequences import consequences
from services.writing_back.drafts import Agreed, Draft, Undo
from services.writing_back.log import runs_of
from services.writing_back.looking import DryRun
from services.writing_back.plan import WritePlan, agreed_targets
from services.writing_back.steps import TAGGING, WRITE_STEPS, WriteStep
from services.writing_back.writing import WritingBack, Written

DONE, REFUSED, STOPPED = 0, 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what is asked; 0 where all of it was done.

    Args:
        arguments: without the program's name; None for this process' own.
    """
    redact_logs()
    asked = _parser().parse_args(arguments)
    try:
        access = _access(asked.host)
        if asked.log:
            _tell(_log(access))
            return DONE
        return _write_back(asked, access)
    except Cancelled:
        sys.stderr.write("Stopped; --log tells what was written, --undo takes it back.\n")
        return STOPPED
    except GradcamError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED


def _parser() -> argparse.ArgumentParser:
    about, _, more = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        "python -m command.write_back", description=about, epilog=more, allow_abbrev=False
    )
    add = parser.add_argument
    add("--host", default="", help="a white-label or own Studio (default: the public one)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--step",
        choices=list(WRITE_STEPS),
        default=TAGGING.name,
        help="tag (default) writes into the metadata alone; relabel and disable do that as well",
    )
    what.add_argument("--undo", metavar="RUN", default="", help="take a run of the log back")
    what.add_argument("--log", action="store_true", help="what was written so far, the last first")
    add("--write", action="store_true", help="do it, instead of only listing it")
    add(
        "--count", type=int, metavar="N", help="with --write, how many samples, where they are many"
    )
    return parser


def _access(host: str) -> Access:
    return Access(ApiKey(os.environ.get(KEY_VARIABLE, "")), find_host(host, [host] if host else []))


def _write_back(asked: argparse.Namespace, access: Access) -> int:
    if asked.undo:
        test_set: tuple[StudioSample, ...] = ()
        draft: Draft = Undo(access.host.origin, _project(access), asked.undo)
    else:
        draft, test_set = watched(partial(_agreed, access, WRITE_STEPS[asked.step]), Progress())
    plan = watched(DryRun(draft, access).make, Progress())
    _tell(_planned(plan, test_set))
    if not plan.samples:
        return DONE
    if not asked.write:
        _tell(["This was a dry run: nothing is written. Add --write to do it."])
        return DONE
    asking = WritingBack(plan, access, NOBODY_ELSE, asked.count)
    written = watched(asking.make, Progress())
    _tell(_done(written))
    return REFUSED if written.trouble else DONE


def _project(access: Access) -> int:
    return reading_key(StudioClient(access), access).project


def _agreed(
    access: Access, step: WriteStep, progress: Progress
) -> tuple[Agreed, tuple[StudioSample, ...]]:
    content, studio = connect(access, progress)
    samples = content.labelled.samples
    digests = sample_digests(samples)
    targets = agreed_targets(
        samples,
        (digests.get(sample.id, "") for sample in samples),
        studio.samples,
        agreed_labels(NOBODY_ELSE),
    )
    place = studio.place
    draft = Agreed(place.origin, place.project, step, targets, content.manifest.classes or ())
    return draft, tuple(studio.samples.values())


def _planned(plan: WritePlan, test_set: Sequence[StudioSample]) -> Iterator[str]:
    for name, change in plan.rows:
        yield f"{name}: {change.field.title} {change.before or '–'} → {change.after or '–'}"
    for left in plan.refused:
        yield f"{left.name}: left alone, {left.reason}"
    if not plan.samples:
        yield "Nothing would change in Studio."
    elif test_set:
        yield from consequences(plan, test_set)


def _done(written: Written) -> Iterator[str]:
    for left in written.refused:
        yield f"{left.name}: not written, {left.reason}"
    yield f"{len(written.samples):,} written. --undo {written.run} takes it back."
    if written.trouble:
        yield f"It ended early: {written.trouble}"


def _log(access: Access) -> Iterator[str]:
    for run in runs_of(access.host.origin, _project(access)):
        what = f"undo of {run.undoes}" if run.undoes else run.step
        yield f"{run.id} {run.began} {run.who or '–'}: {what}, {run.samples:,} samples"


def _tell(lines: Iterator[str] | Sequence[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
