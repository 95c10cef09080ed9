"""Studio's API, as far as it is used here: one method for each call, values of our own back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from services.edge_impulse.access import Access
from services.edge_impulse.answers import Answer
from services.edge_impulse.content import Content
from services.edge_impulse.errors import StudioError, showable
from services.edge_impulse.model import (
    AnomalyMetadata,
    Download,
    DspSettings,
    Impulse,
    KeyInfo,
    LearnMetadata,
    MadeWindow,
    ProjectInfo,
    StudioExport,
    StudioJob,
    StudioSample,
    TestResult,
)
from services.edge_impulse.told import boxes_told, impulse_told, sample_told, windows_told
from services.edge_impulse.transport import Transport
from services.tasks.other_answer import OtherAnswer
from services.work.progress import Progress

_ABOVE = re.compile(r"job failed( \(see above\))?\.?", re.IGNORECASE)
_GONE = re.compile(r"no sample found", re.IGNORECASE)
PAGE = 1000  # samples asked for at once, as Edge Impulse's own client does


class StudioClient:
    """Calls to one Studio with one key. Safe to use from several threads.

    Every method raises StudioError where Studio refuses or cannot be reached, and Cancelled where
    the person left.

    Args:
        access: the key and its host.
        progress: how a person leaves; a new one where nobody can.
    """

    def __init__(self, access: Access, progress: Progress | None = None) -> None:
        self.transport = Transport(access, progress or Progress())

    def key_info(self) -> KeyInfo:
        """What the key opens; an older Studio tells the project only."""
        try:
            answer = self._get("/projects/api-key-info", "the key")
            return KeyInfo(answer.whole("projectId"), answer.maybe("role"))
        except StudioError as error:
            if error.status not in {404, 405}:
                raise
        projects = self._get("/projects", "the key").objects("projects")
        if not projects:
            raise StudioError("This key opens no project; make one in Studio on Dashboard, Keys.")
        return KeyInfo(projects[0].whole("id"))

    def project(self, project: int) -> ProjectInfo:
        """The project's own page."""
        answer = self._get(f"/{project}", "the project")
        info = answer.inner("project")
        count = answer.maybe_inner("dataSummaryPerCategory").maybe_inner("testing")
        left = answer.maybe_inner("computeTime").maybe_number("timeLeftMs")
        return ProjectInfo(
            id=project,
            name=info.text("name"),
            owner=info.maybe("owner"),
            url=answer.maybe("studioUrl"),
            testing=count.maybe_whole("dataCount"),
            default_impulse=answer.maybe_whole("defaultImpulseId"),
            compute_left=None if left is None else left / 1000.0,
        )

    def impulses(self, project: int) -> tuple[Impulse, ...]:
        """All impulses; empty where none was made yet."""
        answer = self._get(f"/{project}/impulses", "the impulses")
        return tuple(impulse_told(item) for item in answer.objects("impulses"))

    def channels(self, project: int, dsp: int) -> str:
        """`RGB` or `Grayscale`, as the image block is set; empty where it does not say."""
        answer = self._get(f"/{project}/dsp/{dsp}", "the processing block")
        for group in answer.maybe_objects("config"):
            for item in group.maybe_objects("items"):
                if item.maybe("param") == "channels":
                    return item.maybe("value") or item.maybe("defaultValue")
        return ""

    def dsp_settings(self, project: int, dsp: int) -> DspSettings:
        """What the block was set to when its features were made, and what it is set to now."""
        made = self._get(
            f"/{project}/dsp/{dsp}/metadata",
            "the processing block",
            {"excludeIncludedSamples": True},
        )
        options = _texts(made.maybe_inner("dspConfig"))
        try:
            now = self._get(f"/{project}/dsp/{dsp}", "the processing block")
        except StudioError as error:
            if not error.is_about_rights:
                raise
            return DspSettings(options)  # a key that only reads: what was made is what counts
        for group in now.maybe_objects("config"):
            for item in group.maybe_objects("items"):
                value = item.values.get("value", item.values.get("defaultValue"))
                if value is not None:
                    options.setdefault(item.maybe("param"), str(value))
        normalizes = now.maybe_inner("dsp").maybe("normalizeData", "none")
        return DspSettings(options, "" if normalizes == "none" else normalizes)

    def metadata(self, project: int, learn: int) -> LearnMetadata:
        """What is known of a trained Keras block."""
        answer = self._get(
            f"/{project}/training/keras/{learn}/metadata",
            "the learning block",
            {"excludeLabels": True},  # a regression has one for each sample
        )
        return LearnMetadata(
            created=answer.text("created"),
            class_names=answer.texts("classNames"),
            mode=answer.text("mode"),
            scaling=answer.maybe("imageInputScaling"),
            trained=answer.flag("hasTrainedModel"),
            thresholds=_thresholds(answer),
            last_layer=answer.maybe("objectDetectionLastLayer"),
        )

    def anomaly_metadata(self, project: int, learn: int) -> AnomalyMetadata:
        """What is known of a block that finds anomalies, beside what every block tells."""
        answer = self._get(f"/{project}/training/anomaly/{learn}/metadata", "the learning block")
        mean, scale = (answer.numbers(name) for name in ("mean", "scale"))
        return AnomalyMetadata(_thresholds(answer), mean, scale)

    def mixture(self, project: int, learn: int) -> Mapping[str, Any]:
        """The mixture of a block that finds anomalies: `weights`, `means`, `covariances`."""
        path = f"/{project}/training/anomaly/{learn}/gmm/metadata"
        return self._get(path, "the learning block").values

    def downloads(self, project: int, impulse: int) -> tuple[Download, ...]:
        """The files that an impulse offers."""
        answer = self._get(f"/{project}/downloads", "the downloads", {"impulseId": impulse})
        return tuple(
            Download(item.maybe("name"), item.maybe("type"), item.maybe("link"))
            for item in answer.objects("downloads")
        )

    def samples(self, project: int) -> Iterator[tuple[int, list[StudioSample]]]:
        """The test set page by page: how many there are in all, and the samples of the page."""
        offset, total = 0, 1
        while offset < total:
            answer = self._get(
                f"/{project}/raw-data",
                "the test set",
                {
                    "category": "testing",
                    "limit": PAGE,
                    "offset": offset,
                    "includeDisabled": "both",
                    "excludeSensors": True,
                },
            )
            page = answer.objects("samples")
            total = answer.whole("totalCount")
            yield total, [sample_told(item) for item in page]
            if not page:
                return
            offset += len(page)

    def sample(self, project: int, number: int) -> StudioSample | None:
        """A sample as it is now; None where it is gone."""
        path = f"/{project}/raw-data/{number}"
        try:
            answer = self._get(path, "the sample", {"limitPayloadValues": 1})
        except StudioError as error:
            if error.status == HTTPStatus.NOT_FOUND or _GONE.match(error.said):
                return None
            raise
        return sample_told(answer.inner("sample"))

    def picture(self, project: int, sample: int, impulse: int | None = None) -> bytes:
        """A sample's picture.

        Args:
            project: its project.
            sample: its number.
            impulse: as this impulse's input block makes it; None for the original.
        """
        sized = {} if impulse is None else {"afterInputBlock": True, "impulseId": impulse}
        path = f"/{project}/raw-data/{sample}/image"
        return self.transport.file(Content.PICTURE, path, sized)

    def sound(self, project: int, sample: int) -> bytes:
        """A sample's sound, as a WAV file: its first axis."""
        path = f"/{project}/raw-data/{sample}/wav"
        return self.transport.file(Content.SOUND, path, {"axisIx": 0})

    def window(self, project: int, dsp: int, sample: int, start: int, stop: int) -> MadeWindow:
        """What a processing block makes of a window of a sample; no job is started.

        Args:
            project: its project.
            dsp: the block's number.
            sample: the sample's.
            start: the first value of the window.
            stop: the first one after it.
        """
        answer = self._get(
            f"/{project}/dsp/{dsp}/raw-data/{sample}/slice/run/readonly",
            "the features",
            {"sliceStart": start, "sliceEnd": stop},
        )
        return MadeWindow(answer.numbers("features"), answer.maybe("labelForWindow"))

    def start_export(self, project: int) -> int:
        """Start exporting every sample as it was uploaded; the job's number."""
        body = {"uploaderFriendlyFilenames": False, "retainCrops": True}
        return self._started(f"/{project}/jobs/export/original", body)

    def start_testing(self, project: int, impulse: int) -> int:
        """Start model testing, which costs computing time; the job's number."""
        body = {"modelVariants": ["float32", "int8"]}
        return self._started(f"/{project}/jobs/classify", body, {"impulseId": impulse})

    def job(self, project: int, job: int) -> StudioJob:
        """How a job is getting on."""
        told = self._get(f"/{project}/jobs/{job}/status", "the job").inner("job")
        ended = told.maybe("finished") or "finishedSuccessful" in told.values
        return StudioJob(
            job, told.time("created"), told.flag("finishedSuccessful") if ended else None
        )

    def last_words(self, project: int, job: int) -> str:
        """The latest line of a job's log that says something; empty where there is none."""
        answer = self._get(f"/{project}/jobs/{job}/stdout", "the job", {"limit": 20})
        for line in answer.maybe_objects("stdout"):  # newest first
            words = showable(line.maybe("data"))
            if words and not _ABOVE.fullmatch(words):
                return words
        return ""

    def cancel(self, project: int, job: int) -> None:
        """Stop a job."""
        self.transport.post(f"/{project}/jobs/{job}/cancel", {})

    def export(self, project: int) -> StudioExport | None:
        """The latest export; None where there is none."""
        answer = self._get(f"/{project}/export/get-url", "the export")
        if not answer.flag("hasExport"):
            return None
        return StudioExport(answer.time("created"), answer.text("url"))

    def test_variants(self, project: int, impulse: int) -> tuple[str, ...]:
        """For which variants of the model there are results of Studio's own testing."""
        answer = self._get(
            f"/{project}/classify/all/result",
            "the test results",
            {"impulseId": impulse, "featureExplorerOnly": True},
        )
        return answer.texts("availableVariants")

    def test_result(self, project: int, impulse: int, learn: int, variant: str) -> TestResult:
        """What Studio's own testing says of each sample."""
        windows: dict[int, tuple[OtherAnswer, ...]] = {}
        answers: dict[int, str] = {}
        offset, total = 0, 1
        while offset < total:
            answer = self._get(
                f"/{project}/classify/all/result/page",
                "the test results",
                {"impulseId": impulse, "variant": variant, "limit": PAGE, "offset": offset},
            )
            rows = answer.objects("result")
            total = answer.whole("totalCount")
            verdicts = answer.maybe_objects("predictions")
            boxes = boxes_told(verdicts)
            for row in rows:
                windows |= windows_told(row, learn, boxes)
            for row in verdicts:
                answers[row.whole("sampleId")] = row.maybe("prediction")
            if not rows:
                break
            offset += len(rows)
        return TestResult(variant, windows, answers)

    def _get(
        self, path: str, about: str, parameters: Mapping[str, str | int | bool] | None = None
    ) -> Answer:
        return Answer(self.transport.get(path, parameters), about)

    def _started(
        self, path: str, body: Mapping[str, Any], parameters: Mapping[str, int] | None = None
    ) -> int:
        return Answer(self.transport.post(path, body, parameters), "the job").whole("id")


def model_path(project: int, learn: int, download: str) -> str:
    """Where a learning block's file lies."""
    return f"/{project}/learn-data/{learn}/model/{quote(download, safe='')}"


def _thresholds(answer: Answer) -> dict[str, float]:
    values = {
        item.text("key"): item.maybe_number("value") for item in answer.maybe_objects("thresholds")
    }
    return {key: value for key, value in values.items() if value is not None}


def _texts(answer: Answer) -> dict[str, str]:
    """Every value as text."""
    return {name: str(value) for name, value in answer.values.items() if value is not None}
