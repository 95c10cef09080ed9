"""A small but real HTTP server that behaves as Edge Impulse Studio, as far as we call it.

with running_studio(demo_project("cars")) as studio:
    requests.get(f"{studio.url}/v1/api/projects", headers={"x-api-key": "ei_demo_cars"})
"""

from tests.studio.demo import cars_as_lite, demo_project
from tests.studio.drawn import drawn_jpeg, drawn_project
from tests.studio.faults import Action, Body, Fault
from tests.studio.impulse import (
    DspBlock,
    Impulse,
    InputBlock,
    LearnBlock,
    Mode,
    ModelDownload,
    Threshold,
    Variant,
    Windows,
)
from tests.studio.jobs import Job, JobKind
from tests.studio.log import Origin, Request
from tests.studio.made import anomaly_project, object_project, sound_project
from tests.studio.project import Labeling, StudioProject
from tests.studio.roles import Role
from tests.studio.sample import BoundingBox, Category, LabelSpan, StudioSample
from tests.studio.server import Studio, running_studio

__all__ = [
    "Action",
    "Body",
    "BoundingBox",
    "Category",
    "DspBlock",
    "Fault",
    "Impulse",
    "InputBlock",
    "Job",
    "JobKind",
    "LabelSpan",
    "Labeling",
    "LearnBlock",
    "Mode",
    "ModelDownload",
    "Origin",
    "Request",
    "Role",
    "Studio",
    "StudioProject",
    "StudioSample",
    "Threshold",
    "Variant",
    "Windows",
    "anomaly_project",
    "cars_as_lite",
    "demo_project",
    "drawn_jpeg",
    "drawn_project",
    "object_project",
    "running_studio",
    "sound_project",
]
