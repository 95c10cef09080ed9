"""The calls that start jobs, follow them and fetch what they made."""

from __future__ import annotations

from concurrent.futures import Future, wait
from datetime import timedelta
from typing import Any

from tests.studio.answers import result
from tests.studio.call import Call, Endpoint, Json
from tests.studio.classify import run_tests
from tests.studio.clock import now, written
from tests.studio.errors import StudioError
from tests.studio.export import build_export, empty_export
from tests.studio.faults import Action
from tests.studio.impulse import Impulse, Variant
from tests.studio.jobs import Job, JobKind, go_on, told
from tests.studio.mishaps import QUOTA_TEXT
from tests.studio.project import Export, TestRun
from tests.studio.reading import chosen_samples, page_bounds
from tests.studio.roles import Right
from tests.studio.sample import Category

FIRST_ID = 42
NO_RESULTS = "No model testing results found, run 'startClassifyJob' first"


def _start_export(call: Call) -> Json:
    body = call.json_body()
    for name in ("uploaderFriendlyFilenames", "retainCrops"):
        if not isinstance(body.get(name), bool):
            raise StudioError(f"Missing required property '{name}' in the body", 400)
    samples = list(reversed(call.project.listed()))
    work = call.studio.workers.submit(
        build_export,
        samples,
        friendly=body["uploaderFriendlyFilenames"],
        ndjson=call.project.ndjson,
    )
    return _started(call, JobKind.EXPORT, body, work)


def _start_classify(call: Call) -> Json:
    body = call.json_body()
    impulse = call.some_impulse()
    try:
        variants = tuple(Variant(name) for name in body.get("modelVariants") or Variant)
    except ValueError as error:
        raise StudioError(f"Unknown model variant: {error}", 400) from error
    if call.project.compute_time_left_ms <= 0:
        raise StudioError(QUOTA_TEXT)
    if not any(block.has_trained_model for block in impulse.learns):
        raise StudioError("Model is not trained yet")
    work = call.studio.workers.submit(run_tests, call.project, impulse, variants)
    return _started(call, JobKind.CLASSIFY, body, work, variants)


def _started(
    call: Call, kind: JobKind, body: Json, work: Future[Any], variants: tuple[Variant, ...] = ()
) -> Json:
    jobs = call.studio.jobs
    failing = call.fault(Action.JOB_FAILS)
    lasting = call.fault(Action.JOB_TAKES)
    job = Job(
        id=FIRST_ID + len(jobs),
        project_id=call.project.id,
        kind=kind,
        created=now(),
        polls_left=call.project.polls if lasting is None else lasting.polls,
        request=body,
        work=work,
        fails=None if failing is None else failing.text or "Application exited with code 1",
        variants=variants,
    )
    job.say(f"Creating job... OK (ID: {job.id})")
    job.say("Scheduling job in cluster...")
    job.say("Job started")
    jobs[job.id] = job
    return {"id": job.id}


# ------------------------------------------------------------------------------------- follow


def _status(call: Call) -> Json:
    job = _job(call)
    if job.is_due:
        wait([job.work])  # not under the lock, so that it can be cancelled meanwhile
    with job.lock:
        go_on(call.project, job)
        return {"job": told(job)}


def _stdout(call: Call) -> Json:
    job = _job(call)
    level = call.word("logLevel", {"error", "warn", "info", "debug"})
    lines = [line for line in reversed(job.log) if level in (None, line.level)]
    limit = call.whole("limit", 1000)
    return {
        "stdout": [
            {"created": written(line.created), "data": line.text, "logLevel": line.level}
            for line in lines[:limit]
        ],
        "totalCount": len(lines),
    }


def _cancel(call: Call) -> Json:
    job = _job(call)
    with job.lock:
        if job.finished is not None:
            raise StudioError("Job is already finished")
        job.work.cancel()
        job.cancelled = True
        job.say("Job was cancelled", "error")
        job.end(successfully=False)
    return {}


def _job(call: Call) -> Job:
    number = call.numbers["job"]
    job = call.studio.jobs.get(number)
    if job is None or job.project_id != call.project.id:
        raise StudioError(f"Unknown job ID {number}")
    return job


# ------------------------------------------------------------------------------------ results


def _export_url(call: Call) -> Json:
    exports = call.project.exports
    shown = exports[-1] if exports else None
    if call.fault(Action.STALE_EXPORT):
        shown = exports[-2] if len(exports) > 1 else _older(call)
    if shown is None:
        return {"hasExport": False}
    link = call.studio.storage.link(call.project.id, shown)
    return {
        "hasExport": True,
        "created": written(shown.created),
        "url": f"{call.studio.storage_url}{link}",
    }


def _older(call: Call) -> Export:
    """An export from before all jobs, with nothing in it."""
    jobs = [job.created for job in call.studio.jobs.values() if job.project_id == call.project.id]
    return Export(min([*jobs, now()]) - timedelta(days=1), empty_export(), 0)


def _result(call: Call) -> Json:
    impulse, run = _run(call)
    return result.whole(call.project, impulse, run)


def _result_page(call: Call) -> Json:
    impulse, run = _run(call)
    chosen = {item.id for item in chosen_samples(call, Category.TESTING)}
    first, end = page_bounds(call)
    return result.page(call.project, impulse, run, chosen, first, end)


def _run(call: Call) -> tuple[Impulse, TestRun | None]:
    impulse = call.some_impulse()
    if call.project.thresholds_changed is not None:
        return impulse, None
    ran = [variant for of, variant in call.project.tests if of == impulse.id]
    if not ran:
        raise StudioError(NO_RESULTS)
    wanted = call.word("variant", {"float32", "int8", "akida"}, ran[0].value)
    if wanted not in ran:
        raise StudioError(NO_RESULTS)
    return impulse, call.project.tests[impulse.id, Variant(wanted)]


_P = "/{project:int}"
WORKING = (
    Endpoint("POST", f"{_P}/jobs/export/original", Right.WRITE, _start_export),
    Endpoint("POST", f"{_P}/jobs/classify", Right.WRITE, _start_classify),
    Endpoint("GET", f"{_P}/jobs/{{job:int}}/status", Right.READ, _status, heavy=True),
    Endpoint("GET", f"{_P}/jobs/{{job:int}}/stdout", Right.READ, _stdout),
    Endpoint("POST", f"{_P}/jobs/{{job:int}}/cancel", Right.WRITE, _cancel, heavy=True),
    Endpoint("GET", f"{_P}/export/get-url", Right.READ, _export_url),
    Endpoint("GET", f"{_P}/classify/all/result", Right.READ, _result, heavy=True),
    Endpoint("GET", f"{_P}/classify/all/result/page", Right.READ, _result_page, heavy=True),
)
