"""An embedding that a page wants: what is kept of it, and how the rest is made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gradcam import Ability, Fit, GradcamError, PictureError
from services.choices.choices import Choices
from services.choices.options import Reduction
from services.embedding import worker
from services.embedding.points import LAST_DENSE, feature_layer, features_of, own_width, stratified
from services.embedding.reduction import LEAST_SAMPLES, Projected, Projection
from services.embedding.structure import Structure
from services.engines.maker import Makers, nobody_else
from services.keeping.digests import context_of
from services.keeping.drawers import EMBEDDINGS
from services.keeping.kept import Arrays, Kept, bytes_of, packed, unpacked
from services.keeping.store import BoundedStore
from services.predictions.predictions import Predictions
from services.work.asked import LONG, Asked
from services.work.price import Price
from services.work.progress import Progress

VERSION = "1"  # of the meaning of what is kept
_arrays = Kept(EMBEDDINGS, "npz", packed, unpacked, BoundedStore[str, Arrays](64_000_000, bytes_of))


@dataclass(frozen=True)
class Found:
    """An embedding of N samples.

    Attributes:
        positions: (N,) which samples.
        structure: how they lie among their features.
        picture: how they are drawn.
        width: numbers a sample that the network makes.
        compared: numbers a sample that were compared; fewer where they were condensed.
        left_out: samples that have no features.
    """

    positions: NDArray[np.int64]
    structure: Structure
    picture: Projected
    width: int
    compared: int
    left_out: int


@dataclass(frozen=True)
class Embedding(Asked[Found]):
    """An embedding as it is chosen.

    Attributes:
        predictions: of the project.
        choices: layer, number of samples, reduction.
    """

    predictions: Predictions
    choices: Choices

    words = "embedding"
    weight = LONG

    @cached_property
    def layer(self) -> str:
        """The layer whose features are compared, see `feature_layer`."""
        return feature_layer(self.predictions, self.choices.features)

    @property
    def fit(self) -> Fit:
        """Whether the network tells what the layer gives; the last dense layer's input it does."""
        asks = () if self.layer == LAST_DENSE else (Ability.ACTIVATIONS,)
        return self.predictions.project.network.fit("An embedding of a layer", *asks)

    @cached_property
    def wanted(self) -> NDArray[np.int64]:
        """Positions of the samples that are drawn, as far as they have features."""
        return stratified(self.predictions, self.choices.points)

    @property
    def projection(self) -> Projection:
        """How the picture is made."""
        choices = self.choices
        reach = (
            choices.perplexity if choices.reduction is Reduction.TSNE else choices.umap_neighbours
        )
        return Projection(choices.reduction, reach, choices.seed).fitting(len(self.wanted))

    @cached_property
    def _of_features(self) -> str:
        project = self.predictions.project
        told = hashlib.sha256(context_of(project.network, project.medium).encode())
        told.update(f"{VERSION}|{self.layer}".encode())
        for position in self.wanted:
            told.update(self.predictions.digests[position].encode())
        return told.hexdigest()

    @cached_property
    def _of_structure(self) -> str:
        labels = self.predictions.answers.likeness.truth[self.wanted]
        return _digest("structure", self._of_features, labels.tobytes().hex())

    @cached_property
    def _of_picture(self) -> str:
        one = self.projection
        # Spelled as it was first kept, so that pictures of earlier versions are found.
        said = f"Recipe(reduction={one.reduction!r}, reach={one.reach}, seed={one.seed})"
        return _digest("picture", self._of_features, said)

    @cached_property
    def digest(self) -> str:
        """Of its picture and of how its samples lie, which are kept apart."""
        return _digest(self._of_picture, self._of_structure)

    @property
    def price(self) -> Price:
        """See `Asked.price`."""
        own = f"{self.choices.reduction} {self.layer}"
        return Price(len(self.wanted), "sample", self.predictions.project.work(own))

    @property
    def missing(self) -> int:
        """How many of its two parts have still to be made."""
        return sum(_arrays.get(each) is None for each in (self._of_structure, self._of_picture))

    @property
    def found(self) -> Found | None:
        """The embedding, once it is there."""
        structure, picture = _arrays.get(self._of_structure), _arrays.get(self._of_picture)
        if structure is None or picture is None:
            return None
        return self._found(structure, picture)

    def _found(self, structure: Arrays, picture: Arrays) -> Found:
        rows = structure["rows"]
        return Found(
            self.wanted[rows],
            worker.structure_of(structure),
            worker.picture_of(picture),
            int(structure["width"]),
            int(structure["compared"]),
            len(self.wanted) - len(rows),
        )

    def make(self, progress: Progress, makers: Makers = nobody_else) -> Found:
        """See `Asked.make`; makes the parts that are missing, their features by `makers`."""
        features = self._features(progress, makers)
        rows = np.flatnonzero(np.isfinite(features).all(axis=1))
        if len(rows) < LEAST_SAMPLES:
            raise GradcamError(
                f"Only {len(rows)} samples have features that are numbers; a plot needs "
                f"{LEAST_SAMPLES}. Choose another layer."
            )
        features = features[rows]
        structure, picture = _arrays.get(self._of_structure), _arrays.get(self._of_picture)
        if structure is None:
            labels = self.predictions.answers.likeness.separated.of[self.wanted[rows]]
            looked = worker.describe_apart(features, labels.astype(np.int64), progress)
            told = {"rows": rows, "width": self._width(features), "compared": features.shape[1]}
            structure = {**worker.structure_arrays(looked), **told}
            _arrays.put(self._of_structure, structure)
        if picture is None:
            picture = worker.picture_arrays(
                worker.reduce_apart(features, self.projection, progress)
            )
            _arrays.put(self._of_picture, picture)
        return self._found(structure, picture)

    def _features(self, progress: Progress, makers: Makers) -> NDArray[np.float32]:
        kept = _arrays.get(self._of_features)
        if kept is not None:
            return kept["features"]
        features = features_of(self.predictions, self.wanted, self.layer, progress, makers)
        if self.layer:  # those of the last dense layer are kept with the predictions
            _arrays.put(self._of_features, {"features": features})
        return features

    def _width(self, features: NDArray[np.float32]) -> int:
        try:
            return own_width(self.predictions, self.layer)
        except PictureError:
            return features.shape[1]


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()
