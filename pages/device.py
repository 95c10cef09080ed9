"""Device: the test set as a device's camera and firmware see it, and what a device printed."""

from components.controls.heatmap import chosen, heatmap_controls
from components.frame.guard import guarded, require_project
from components.views.device.choosing import device
from components.views.device.pasting import pasting
from components.views.device.test_set import test_set

opened = require_project()
heatmap_controls(opened, shared=False)
choices = chosen(opened)

with guarded():
    asked = device(opened, choices)
    if asked is not None:
        test_set(asked, choices)
        pasting(opened, asked.eye, choices)
