"""Whether a project of Studio's that is open here was fetched anew by another server since.

What was last opened of it is noted on its shelf, which all servers share, by what it is rather than
by when: who opens the same again has nothing new for the others.
"""

from __future__ import annotations

import hashlib
import logging

from services.edge_impulse.connect import StudioProject
from services.edge_impulse.shelf import Shelf, shelf_of
from services.errors import ProjectError
from services.predictions.predictions import Predictions
from services.sources.reference import SourceReference

log = logging.getLogger(__name__)
_FINGERPRINT = "fingerprint"
_here: dict[str, str] = {}  # of what is open in this process, by its source


def note_fresh(reference: SourceReference, predictions: Predictions, studio: StudioProject) -> None:
    """Say for the other servers what was opened now of a project.

    Args:
        reference: its source.
        predictions: of its samples, which have Studio's labels.
        studio: what Studio says beside.
    """
    fingerprint = _fingerprint(predictions, studio)
    _here[str(reference)] = fingerprint
    shelf, name = _noted(reference, studio)
    if shelf.notes(name).get(_FINGERPRINT) != fingerprint:
        try:
            shelf.note(name, {_FINGERPRINT: fingerprint})
        except ProjectError as error:  # the others see it once they open it
            log.warning("other servers do not hear what was opened: %s", error)


def news_of(reference: SourceReference, studio: StudioProject) -> str:
    """The fingerprint of what another server has of a project by now; "" where that is no other."""
    shelf, name = _noted(reference, studio)
    noted = str(shelf.notes(name).get(_FINGERPRINT, ""))
    return "" if noted == _here.get(str(reference)) else noted


def _noted(reference: SourceReference, studio: StudioProject) -> tuple[Shelf, str]:
    of = hashlib.sha256(str(reference).encode()).hexdigest()[:16]
    return shelf_of(studio.place.origin, studio.place.project), f"opened-{of}"


def _fingerprint(predictions: Predictions, studio: StudioProject) -> str:
    told = hashlib.sha256(predictions.project.network.digest.encode())
    told.update(predictions.labelled_files)
    told.update(f"{studio.results} {studio.no_results}".encode())
    return told.hexdigest()
