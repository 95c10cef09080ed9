"""What an export is made of: everything that its files depend on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Self

from gradcam import Colormap, Method, Target
from services.choices.choices import Choices, OverlaySize, Scope
from services.choices.filter import Filter
from services.choices.recipe import Recipe
from services.keeping.digests import numbers_digest
from services.media.sound.masking import Filling
from services.project import Project
from services.sample import Sample

HEARD_SHARE = Choices().heard_share
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
        "heard_share": "hottest part of a sound, %",
        "filling": "in place of what is taken out of a sound",
        "rule": "what counts as right",
    }
)


def version_of(sample: Sample) -> str:
    """Tells whether a sample's file is as it was."""
    try:
        stat = sample.path.stat()
    except OSError:
        return "gone"
    return f"{stat.st_size} {stat.st_mtime_ns}"


@dataclass(frozen=True)
class ExportPlan:
    """How every sample is explained and drawn.

    Attributes:
        recipe: of the heatmaps; it names the layer.
        filter: which samples; its threshold is that of verdicts, None where they have none.
        alpha, colormap, overlay_size: of the overlays.
        heard_share, filling: of the hottest part of sounds, see `Choices`.
    """

    recipe: Recipe
    filter: Filter = field(default_factory=Filter)
    alpha: float = 0.4
    colormap: Colormap = Colormap.JET
    overlay_size: OverlaySize = OverlaySize.ORIGINAL
    heard_share: int = HEARD_SHARE
    filling: Filling = Filling.NOISE

    @classmethod
    def of(cls, project: Project, choices: Choices) -> Self:
        """The plan that choices amount to in a project.

        Args:
            project: what is exported.
            choices: as on screen; what is not said there has the project's own value.

        Raises:
            GradcamError: there is no such layer, class or output.
        """
        recipe = choices.recipe.settled(project.usual.method)
        layer = project.network.layer(recipe.layer or None).name
        targets = project.task.targets(project.network)
        target, against = targets.checked(choices.recipe.target, choices.recipe.against)
        only = choices.filter if choices.scope is Scope.FILTERED else Filter()
        return cls(
            replace(recipe, layer=layer, target=target, against=against),
            replace(
                only,
                threshold=project.task.limit(choices.filter.threshold),
                uncertain=choices.filter.uncertain,
                rule=choices.filter.rule if choices.filter.rule in project.task.rules else "",
            ),
            choices.alpha,
            choices.colormap,
            choices.overlay_size,
            choices.heard_share,
            choices.filling,
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
            **({"heard_share": self.heard_share} if self.heard_share != HEARD_SHARE else {}),
            **({"filling": self.filling} if self.filling is not Filling.NOISE else {}),
            **({"rule": self.filter.rule} if self.filter.rule else {}),
        }

    def digest(
        self,
        project: Project,
        samples: Sequence[Sample],
        source: str = "",
        besides: str = "",
        version: Callable[[Sample], str] = version_of,
    ) -> str:
        """Tells whether two exports are the same.

        Args:
            project: what is exported.
            samples: which of its samples.
            source: where the project comes from.
            besides: what else the files depend on; "" for nothing.
            version: of a sample's file.

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
            told.update(f"\n{sample.id} {sample.label} {sample.boxes} {version(sample)}".encode())
        told.update(besides.encode())
        return told.hexdigest()[:32]


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value).removeprefix("=")
