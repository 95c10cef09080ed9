"""Answers about projects and their keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from tests.studio.clock import now, written
from tests.studio.impulse import Impulse
from tests.studio.project import HOUR_MS, StudioProject
from tests.studio.roles import Role
from tests.studio.sample import Category, StudioSample

Json = dict[str, Any]


def key_info(project: StudioProject, key: str, role: Role) -> Json:
    """Of `/projects/api-key-info`."""
    return {
        "apiKeyId": 1 + list(project.keys).index(key),
        "projectId": project.id,
        "role": role.value,
    }


def project_list(project: StudioProject) -> Json:
    """Of `/projects`: a key sees its own project only."""
    return {"projects": [_project(project)]}


def project_info(project: StudioProject, impulse: Impulse | None, studio_url: str) -> Json:
    """Of `/{project}`."""
    month = now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    blocks = impulse is not None and bool(impulse.learns)
    trained = blocks and all(block.has_trained_model for block in impulse.learns)
    info: Json = {
        "project": _project(project),
        "developmentKeys": {},  # empty with key authentication since January 2026
        "downloads": [],  # asked for by the description, gone from the official client
        "impulse": {"created": impulse is not None, "configured": blocks, "complete": trained},
        "devices": [],
        "dataSummary": _summary(project.listed(Category.TRAINING)),
        "dataSummaryPerCategory": {
            "training": _summary(project.listed(Category.TRAINING)),
            "testing": _summary(project.listed(Category.TESTING)),
            "validation": _summary(project.listed(Category.VALIDATION)),
            "postProcessing": _summary(project.listed(Category.POST_PROCESSING)),
        },
        "computeTime": {
            "periodStartDate": written(month),
            "periodEndDate": written(month + timedelta(days=31)),
            "timeUsedMs": max(0, HOUR_MS - project.compute_time_left_ms),
            "timeLeftMs": project.compute_time_left_ms,
        },
        "studioUrl": f"{studio_url}/studio/{project.id}",
        **_furniture(),
    }
    if impulse is not None:
        default = project.impulse()
        info["defaultImpulseId"] = (default or impulse).id
    return info


def _project(project: StudioProject) -> Json:
    return {
        "id": project.id,
        "name": project.name,
        "description": project.description,
        "created": written(project.created),
        "owner": project.owner,
        "ownerIsDeveloperProfile": False,
        "collaborators": [],
        "labelingMethod": project.labeling.value,
        "metadata": {},
        "isEnterpriseProject": project.is_enterprise,
        "whitelabelId": None,
        "tags": [],
        "category": "Images",
        "tier": project.tier,
        "hasPublicVersion": False,
        "isPublic": False,
        "allowsLivePublicAccess": False,
        "indPauseProcessingSamples": False,
        "publicProjectListed": False,
    }


def _summary(samples: Iterable[StudioSample]) -> Json:
    counted = [sample for sample in samples if not sample.is_disabled]
    labels = sorted({sample.label for sample in counted})
    return {
        "totalLengthMs": 0,
        "labels": labels,
        "totalLabels": len(labels),
        "dataCount": len(counted),
    }


def _furniture() -> Json:
    """What the description asks for and no client of ours reads."""
    return {
        "acquisitionSettings": {
            "intervalMs": 0,
            "lengthMs": 0,
            "segmentShift": True,
            "defaultPageSize": 12,
            "viewType": "list",
            "gridColumnCount": 4,
            "gridColumnCountDetailed": 2,
            "showExactSampleLength": False,
            "inlineEditBoundingBoxes": False,
        },
        "collaborators": [],
        "deploySettings": {
            "eonCompiler": True,
            "sensor": "camera",
            "arduinoLibraryName": "demo",
            "tinkergenLibraryName": "demo",
            "particleLibraryName": "demo",
        },
        "experiments": [],
        "latencyDevices": [],
        "urls": {},
        "showCreateFirstImpulse": False,
        "showGettingStartedWizard": {"showWizard": False, "step": 0},
        "performance": {
            "gpu": False,
            "jobLimitM": 60,
            "dspFileSizeMb": 4096,
            "enterprisePerformance": False,
            "trainJobRamMb": 8000,
        },
        "trainJobNotificationUids": [],
        "dspJobNotificationUids": [],
        "modelTestingJobNotificationUids": [],
        "exportJobNotificationUids": [],
        "hasNewTrainingData": False,
        "inPretrainedModelFlow": False,
        "showSensorDataInAcquisitionGraph": False,
        "notifications": [],
    }
