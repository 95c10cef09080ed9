"""What an export is made of: everything that its files depend on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self

from gradcam import GRAD_CAM, Colormap, Method, Normalization, Pooling, Target
from gradcam.arrays import Floats
from services.choices.choices import Choices, OverlaySize, settings_of
from services.choices.wording import (
    AGAINST_WORDS,
    NOBODY,
    PREDICTED,
    TARGET_WORDS,
    TRUE,
    class_target,
    output_target,
)
from services.errors import ProjectError
from services.project import Project
from services.sample import Sample

VERSION = "2"  # of the files that a plan leads to


@dataclass(frozen=True)
class ExportPlan:
    """How every sample is explained and drawn.

    Attributes:
        layer: its name.
        method, pooling, method_settings: from network and picture to map.
        target, against: what is explained, as in `Choices`.
        normalization, percentile, shared_scale: from map to heatmap.
        alpha, colormap, overlay_size: of the overlays.
        threshold: a regression's error of at most this is correct.
    """

    layer: str
    method: Method = GRAD_CAM
    pooling: Pooling = Pooling.MEAN
    method_settings: str = ""
    target: str = PREDICTED
    against: str = NOBODY
    normalization: Normalization = Normalization.PERCENTILE
    percentile: float = 100.0
    shared_scale: bool = False
    alpha: float = 0.4
    colormap: Colormap = Colormap.JET
    overlay_size: OverlaySize = OverlaySize.ORIGINAL
    threshold: float | None = None

    @classmethod
    def of(cls, project: Project, choices: Choices) -> Self:
        """The plan that choices amount to in a project.

        Args:
            project: what is exported.
            choices: as on screen; what is not said there has the project's own value.

        Raises:
            GradcamError: there is no such layer, class or output.
        """
        same = {
            field.name: getattr(choices, field.name)
            for field in fields(cls)
            if field.name not in {"layer", "threshold"}
        }
        threshold = None
        if project.is_regression:
            same["against"] = NOBODY  # left over from another project
            own = project.regression.threshold
            threshold = own if choices.threshold is None else choices.threshold
        layer = project.network.layer(choices.layer or None).name
        plan = cls(layer=layer, threshold=threshold, **same)
        plan.targets(project, ())
        return plan

    @property
    def parameters(self) -> dict[str, Any]:
        """The method's parameters with their values."""
        return settings_of(self.method, self.pooling, self.method_settings)

    @property
    def is_relative(self) -> bool:
        """Whether the target can only be told once the network's scores are there."""
        return self.against != NOBODY

    def targets(
        self, project: Project, samples: Sequence[Sample], scores: Floats | None = None
    ) -> list[Target | None]:
        """What is explained for each sample; None for the class that the network chooses.

        Args:
            project: what is exported.
            samples: N of its samples.
            scores: (N, classes) float32; needed where the plan `is_relative`.

        Raises:
            ProjectError: the project has no such class or output.
        """
        if project.is_regression:
            target = output_target(project, self.target)
            if target is None:
                raise ProjectError(
                    f"There is no output “{self.target[1:]}” in this network; it has "
                    f"{project.network.units}, numbered from 0."
                )
            return [target] * len(samples)
        self._check_classes(project)
        if self.is_relative and scores is not None:
            return [
                class_target(project, self.target, self.against, own, sample.label)
                for own, sample in zip(scores, samples, strict=True)
            ]
        if self.target == PREDICTED:
            return [None] * len(samples)
        index = {name: number for number, name in enumerate(project.classes)}
        if self.target == TRUE:
            true = [index.get(sample.label or "") for sample in samples]
            return [None if number is None else Target.for_class(number) for number in true]
        return [Target.for_class(index[self.target.removeprefix("=")])] * len(samples)

    def _check_classes(self, project: Project) -> None:
        for words, known in ((self.target, TARGET_WORDS), (self.against, AGAINST_WORDS)):
            name = words.removeprefix("=")
            if words in known or (name != words and name in project.classes):
                continue
            some = ", ".join(project.classes[:8]) + (", …" if len(project.classes) > 8 else "")
            raise ProjectError(f"There is no class “{name}” in this project; it has {some}.")

    def settings(self) -> dict[str, object]:
        """Every setting by its name, for the manifest and the report."""
        return {
            field.name: str(value) if isinstance(value, StrEnum | Method) else value
            for field in fields(self)
            if (value := getattr(self, field.name)) is not None
        }

    def digest(self, project: Project, samples: Sequence[Sample], source: str = "") -> str:
        """Tells whether two exports are the same.

        Args:
            project: what is exported.
            samples: which of its samples.
            source: where the project comes from.

        Raises:
            GradcamError: a picture is gone.
        """
        told = hashlib.sha256(f"{VERSION} {self} {project.network.digest}".encode())
        told.update(f"{project.medium} {project.classes} {project.regression}".encode())
        told.update(f"{project.name} {project.facts} {project.left_out} {source}".encode())
        for sample in samples:
            try:
                stat = sample.path.stat()
                version = f"{stat.st_size} {stat.st_mtime_ns}"
            except OSError:
                version = "gone"
            told.update(f"\n{sample.id} {sample.label} {sample.boxes} {version}".encode())
        return told.hexdigest()[:32]
