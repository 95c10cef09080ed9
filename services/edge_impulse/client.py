"""Studio's API, as far as it is used here: one method for each call, values of our own back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from services.edge_impulse.access import Access
from services.edge_impulse.answers import Answer
from services.edge_impulse.errors import StudioError, showable
from services.edge_impulse.model import (
    Download,
    DspBlock,
    Impulse,
    InputBlock,
    KeyInfo,
    LearnBlock,
    LearnMetadata,
    ProjectInfo,
    StudioExport,
    StudioJob,
    StudioSample,
    TestResult,
)
from services.edge_impulse.transport import Transport
from services.sample import LabelledBox
from services.sources.labels.info import encodable
from services.work.progress import Progress

_ABOVE = re.compile(r"job failed( \(see above\))?\.?", re.IGNORECASE)
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
        return tuple(_impulse(item) for item in answer.objects("impulses"))

    def channels(self, project: int, dsp: int) -> str:
        """`RGB` or `Grayscale`, as the image block is set; empty where it does not say."""
        answer = self._get(f"/{project}/dsp/{dsp}", "the processing block")
        for group in answer.maybe_objects("config"):
            for item in group.maybe_objects("items"):
                if item.maybe("param") == "channels":
                    return item.maybe("value") or item.maybe("defaultValue")
        return ""

    def metadata(self, project: int, learn: int) -> LearnMetadata:
        """What is known of a trained Keras block."""
        answer = self._get(
            f"/{project}/training/keras/{learn}/metadata",
            "the learning block",
            {"excludeLabels": True},  # a regression has one for each sample
        )
        values = {
            item.text("key"): item.maybe_number("value")
            for item in answer.maybe_objects("thresholds")
        }
        return LearnMetadata(
            created=answer.text("created"),
            class_names=answer.texts("classNames"),
            mode=answer.text("mode"),
            scaling=answer.maybe("imageInputScaling"),
            trained=answer.flag("hasTrainedModel"),
            thresholds={key: value for key, value in values.items() if value is not None},
        )

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
            yield total, [_sample(item) for item in page]
            if not page:
                return
            offset += len(page)

    def picture(self, project: int, sample: int, impulse: int | None = None) -> bytes:
        """A sample's picture.

        Args:
            project: its project.
            sample: its number.
            impulse: as this impulse's input block makes it; None for the original.
        """
        sized = {} if impulse is None else {"afterInputBlock": True, "impulseId": impulse}
        return self.transport.picture(f"/{project}/raw-data/{sample}/image", sized)

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
        scores: dict[int, Mapping[str, float]] = {}
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
            for row in rows:
                scores |= _scores(row, learn)
            for row in answer.maybe_objects("predictions"):
                answers[row.whole("sampleId")] = row.maybe("prediction")
            if not rows:
                break
            offset += len(rows)
        return TestResult(variant, scores, answers)

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


def _impulse(item: Answer) -> Impulse:
    item = Answer(item.values, f"the impulse {item.maybe('name')}".strip())
    return Impulse(
        id=item.whole("id"),
        name=item.maybe("name"),
        inputs=tuple(_input(block) for block in item.objects("inputBlocks")),
        dsp=tuple(_dsp(block) for block in item.objects("dspBlocks")),
        learn=tuple(
            LearnBlock(
                block.whole("id"),
                block.text("type"),
                block.maybe("name"),
                block.wholes("dsp"),
            )
            for block in item.objects("learnBlocks")
        ),
    )


def _input(block: Answer) -> InputBlock:
    return InputBlock(
        id=block.whole("id"),
        type=block.text("type"),
        width=block.maybe_whole("imageWidth") or None,
        height=block.maybe_whole("imageHeight") or None,
        resize_mode=block.maybe("resizeMode"),
        resize_method=block.maybe("resizeMethod"),
        crop_anchor=block.maybe("cropAnchor"),
    )


def _dsp(block: Answer) -> DspBlock:
    return DspBlock(
        block.whole("id"), block.text("type"), block.maybe("name"), block.maybe_whole("input")
    )


def _sample(item: Answer) -> StudioSample:
    number = item.whole("id")
    given = item.maybe("sha256Hash")
    version = given or f"{number} {item.maybe('lastModified')}"
    metadata = item.maybe_inner("metadata").values
    labels = [part.maybe("label") for part in item.maybe_objects("structuredLabels")]
    return StudioSample(
        id=number,
        name=item.maybe("filename") or str(number),
        label=item.maybe("label"),
        labels=tuple(dict.fromkeys(labels)),
        identity=hashlib.sha256(version.encode()).hexdigest(),
        stored_as=item.maybe("coldstorageFilename").rpartition("/")[2],
        hash=given,
        boxes=tuple(_boxes(item)),
        metadata={encodable(str(k)): encodable(str(v)) for k, v in metadata.items()},
        problem=_problem(item),
    )


def _problem(item: Answer) -> str:
    if item.flag("isDisabled"):
        return "it is disabled in Studio"
    if item.flag("processingError"):
        return "Studio could not process it"
    if item.flag("isProcessing"):
        return "Studio is still processing it"
    if item.maybe("chartType", "image") != "image":
        return "it is no picture"
    if item.values.get("labelMap"):
        return "it carries labels by key, not one class"
    return ""


def _boxes(item: Answer) -> Iterator[LabelledBox]:
    for box in item.maybe_objects("boundingBoxes"):
        sides = [box.maybe_number(side) for side in ("x", "y", "width", "height")]
        if None not in sides:
            yield LabelledBox(box.maybe("label"), *(side or 0.0 for side in sides))


def _scores(row: Answer, learn: int) -> dict[int, Mapping[str, float]]:
    for part in row.maybe_objects("classifications"):
        windows = part.maybe_objects("result")
        if windows and part.inner("learnBlock").whole("id") == learn:
            named = {name: windows[0].maybe_number(name) for name in windows[0].values}
            return {row.whole("sampleId"): {k: v for k, v in named.items() if v is not None}}
    return {}
