"""What an export is made of: everything that its files depend on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Self

from gradcam import Colormap, Method, Target
from services.choices.choices import Choices, OverlaySize, Scope
from services.choices.filter import Filter
from services.choices.recipe import Recipe
from services.keeping.digests import numbers_digest
from services.project import Project
from services.sample import Sample

VERSION = "2"  # of the files that a plan leads to
SETTINGS_SAID = MappingProxyType(
    {
        "layer": "layer",
        "method": "method",
        "pooling": "gradient pooling",
        "method_settings": "method settings",
        "target": "target",
        "against": "against",
        "normalization": "normalisation",
        "percentile": "percentile",
        "shared_scale": "shared scale",
        "alpha": "opacity",
        "colormap": "colour map",
        "overlay_size": "overlay size",
        "threshold": "threshold",
        "uncertain": "uncertain below the confidence threshold",
    }
)


@dataclass(frozen=True)
class ExportPlan:
    """How every sample is explained and drawn.

    Attributes:
        recipe: of the heatmaps; it names the layer.
        filter: which samples; its threshold is that of verdicts, None where they have none.
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
        targets = project.task.targets(project.network)
        target, against = targets.checked(choices.recipe.target, choices.recipe.against)
        only = choices.filter if choices.scope is Scope.FILTERED else Filter()
        return cls(
            replace(choices.recipe, layer=layer, target=target, against=against),
            replace(
                only,
                threshold=project.task.limit(choices.filter.threshold),
                uncertain=choices.filter.uncertain,
            ),
            choices.alpha,
            choices.colormap,
            choices.overlay_size,
        )

    def targets(self, project: Project, samples: Sequence[Sample]) -> list[Target | None] | None:
        """What is explained of some samples, as far as it can be told before the network answers.

        Args:
            project: what is exported.
            samples: N of its samples.

        Returns:
            One for each, None for what the network chooses; None where the answers are needed, see
            `Answers.targets`.
        """
        labels = [sample.label for sample in samples]
        targets = project.task.targets(project.network)
        return targets.early(self.recipe.target, self.recipe.against, labels)

    def settings(self) -> dict[str, object]:
        """Every setting by its name, for the record and the report."""
        return {
            name: str(value) if isinstance(value, StrEnum | Method) else value
            for name, value in self._flat().items()
            if value is not None
        }

    def told(self) -> dict[str, str]:
        """Every setting as a person reads it, by its name in words; what is not set is left out."""
        settings = self.settings()
        return {
            words: _said(settings[name])
            for name, words in SETTINGS_SAID.items()
            if settings.get(name, "") != ""
        }

    def _flat(self) -> dict[str, object]:
        """Every setting in the order that records and digests have had from the first version.

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
            **({"uncertain": True} if self.filter.uncertain else {}),
        }

    def digest(
        self, project: Project, samples: Sequence[Sample], source: str = "", besides: str = ""
    ) -> str:
        """Tells whether two exports are the same.

        Args:
            project: what is exported.
            samples: which of its samples.
            source: where the project comes from.
            besides: what else the files depend on; "" for nothing.

        Raises:
            GradcamError: a picture is gone.
        """
        own = ", ".join(f"{name}={value!r}" for name, value in self._flat().items())
        # Spelled as in the first version, so that exports made then are found.
        network = numbers_digest(project.network)
        told = hashlib.sha256(f"{VERSION} ExportPlan({own}) {network}".encode())
        names, settings = project.task.kept_as
        told.update(f"{project.medium} {names} {settings}".encode())
        told.update(f"{project.name} {project.facts} {project.left_out} {source}".encode())
        for sample in samples:
            try:
                stat = sample.path.stat()
                version = f"{stat.st_size} {stat.st_mtime_ns}"
            except OSError:
                version = "gone"
            told.update(f"\n{sample.id} {sample.label} {sample.boxes} {version}".encode())
        told.update(besides.encode())
        return told.hexdigest()[:32]


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value).removeprefix("=")
