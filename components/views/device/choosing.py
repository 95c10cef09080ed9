"""Which device looks, through which camera."""

from __future__ import annotations

import streamlit as st

from components.controls.binding import select
from components.frame.text import plain
from gradcam.device.firmware import FIRMWARES, Pixels
from services.choices.choices import Choices
from services.device.devices import FRAMES, OnDevice, device_of, frame_said
from services.opening.opening import Opened

HELP = (
    "What the camera driver is set to. A test picture is framed as the camera would: its middle, "
    "at this size."
)


def device(opened: Opened, choices: Choices) -> OnDevice | None:
    """Choose firmware, frame and pixels; None where no camera delivers such samples."""
    eye = device_of(opened.project.medium, choices.firmware, choices.frame, choices.pixels)
    asked = OnDevice(opened.predictions, eye)
    if not asked.fit:
        st.info(plain(asked.fit.reason))
        return None
    firmware, frame, pixels = st.columns(3)
    with firmware:
        select("Firmware", "firmware", list(FIRMWARES), eye.firmware.name,
               say=lambda name: FIRMWARES[name].title)  # fmt: skip
    with frame:
        select("Camera's frame", "frame", [*map(frame_said, FRAMES)], frame_said(eye.frame),
               say=lambda size: size.replace("x", " × "), help=HELP)  # fmt: skip
    with pixels:
        select("Pixels", "pixels", [str(each) for each in Pixels], str(eye.pixels),
               say=str.upper)  # fmt: skip
    if eye.firmware.about:
        st.caption(eye.firmware.about)
    if asked.refused:
        st.warning(plain(asked.refused))
    return asked
