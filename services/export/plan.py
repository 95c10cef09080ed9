"""What an export is made of: everything that its files depend on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

from gradcam import Colormap, Method, Target
from gradcam.arrays import Floats
from services.choices.choices import Choices, OverlaySize, Scope
from services.choices.filter import Filter
from services.choices.recipe import Recipe
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
        recipe: of the heatmaps; it names the layer.
        filter: which samples; its threshold is the error from which a regression is incorrect.
        alpha, colormap, overlay_size: of the overlays.
    """

    recipe: Recipe
    filter: Filter = field(default_factory=Filter)
    alpha: float = 0.4
    colormap: Colormap = Colormap.JET
    overlay_size: OverlaySize = OverlaySize.ORIGINAL

    @classmethod
    def of(cls, project: Project, choices: Choices) -> Self:
        """The plan that choices amount to in a project.

        Args:
            project: what is exported.
            choices: as on screen; what is not said there has the project's own value.

        Raises:
            GradcamError: there is no such layer, class or output.
        """
        layer = project.network.layer(choices.recipe.layer or None).name
        recipe = replace(choices.recipe, layer=layer)
        only = choices.filter if choices.scope is Scope.FILTERED else Filter()
        threshold = None
        if project.is_regression:
            recipe = replace(recipe, against=NOBODY)  # left over from another project
            own = project.regression.threshold
            threshold = own if choices.filter.threshold is None else choices.filter.threshold
        only = replace(only, threshold=threshold)
        plan = cls(recipe, only, choices.alpha, choices.colormap, choices.overlay_size)
        plan.targets(project, ())
        return plan

    @property
    def is_relative(self) -> bool:
        """Whether the target can only be told once the network's scores are there."""
        return self.recipe.against != NOBODY

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
            target = output_target(project, self.recipe.target)
            if target is None:
                raise ProjectError(
                    f"There is no output “{self.recipe.target[1:]}” in this network; it has "
                    f"{project.network.units}, numbered from 0."
                )
            return [target] * len(samples)
        self._check_classes(project)
        if self.is_relative and scores is not None:
            return [
                class_target(project, self.recipe.target, self.recipe.against, own, sample.label)
                for own, sample in zip(scores, samples, strict=True)
            ]
        if self.recipe.target == PREDICTED:
            return [None] * len(samples)
        index = {name: number for number, name in enumerate(project.classes)}
        if self.recipe.target == TRUE:
            true = [index.get(sample.label or "") for sample in samples]
            return [None if number is None else Target.for_class(number) for number in true]
        return [Target.for_class(index[self.recipe.target.removeprefix("=")])] * len(samples)

    def _check_classes(self, project: Project) -> None:
        for words, known in (
            (self.recipe.target, TARGET_WORDS),
            (self.recipe.against, AGAINST_WORDS),
        ):
            name = words.removeprefix("=")
            if words in known or (name != words and name in project.classes):
                continue
            some = ", ".join(project.classes[:8]) + (", …" if len(project.classes) > 8 else "")
            raise ProjectError(f"There is no class “{name}” in this project; it has {some}.")

    def settings(self) -> dict[str, object]:
        """Every setting by its name, for the manifest and the report."""
        return {
            name: str(value) if isinstance(value, StrEnum | Method) else value
            for name, value in self._flat().items()
            if value is not None
        }

    def _flat(self) -> dict[str, object]:
        """Every setting in the order that manifests and digests have had from the first version.

        Which samples the filter leaves is not among them: the digest is told the samples.
        """
        recipe = self.recipe
        return {
            "layer": recipe.layer,
            "method": recipe.method,
            "pooling": recipe.pooling,
            "method_settings": recipe.method_settings,
            "target": recipe.target,
            "against": recipe.against,
            "normalization": recipe.normalization,
            "percentile": recipe.percentile,
            "shared_scale": recipe.shared_scale,
            "alpha": self.alpha,
            "colormap": self.colormap,
            "overlay_size": self.overlay_size,
            "threshold": self.filter.threshold,
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
        own = ", ".join(f"{name}={value!r}" for name, value in self._flat().items())
        # Spelled as in the first version, so that exports made then are found.
        told = hashlib.sha256(f"{VERSION} ExportPlan({own}) {project.network.digest}".encode())
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
