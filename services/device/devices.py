"""Which device a person means, and the whole test set as it sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gradcam import Fit
from gradcam.device.firmware import FIRMWARES, DeviceEye, Firmware, Pixels
from gradcam.device.resizing import DeviceResize
from services.keeping.digests import context_of
from services.keeping.store import BoundedStore
from services.media.medium import Medium
from services.predictions.predicting import PREDICTING
from services.predictions.predictions import Predictions, predict
from services.settings import settings
from services.work.asked import LONG, Asked
from services.work.price import Price
from services.work.progress import Progress

FRAMES = ((96, 96), (160, 120), (176, 144), (240, 240), (320, 240), (640, 480))
USUAL = "160x120"
_seen: BoundedStore[str, Predictions] = BoundedStore(settings().projects)


def device_of(medium: Medium, firmware: str, frame: str, pixels: str) -> DeviceEye:
    """The device that a link names; what it names wrongly is the usual.

    Args:
        medium: of the project, whose resizing the impulse says.
        firmware: its name.
        frame: `160x120`.
        pixels: what the camera delivers; "" for the firmware's own.
    """
    runs: Firmware = FIRMWARES.get(firmware) or FIRMWARES["impulse"]
    sizes = {frame_said(size): size for size in FRAMES}
    delivers = Pixels(pixels) if pixels in list(Pixels) else runs.pixels
    return DeviceEye(runs, sizes.get(frame, sizes[USUAL]), impulse_mode(medium), delivers)


def frame_said(size: tuple[int, int]) -> str:
    """As in a link."""
    return f"{size[0]}x{size[1]}"


def impulse_mode(medium: Medium) -> DeviceResize:
    """How an impulse that resizes as the project does has its devices do it."""
    modes = {"squash": DeviceResize.SQUASH, "fit-long": DeviceResize.FIT_LONGEST}
    return modes.get(str(medium.settings.get("resize")), DeviceResize.FIT_SHORTEST)


@dataclass(frozen=True)
class OnDevice(Asked[Predictions]):
    """The same samples as a device sees them, by the same network.

    Attributes:
        predictions: as they are seen here.
        eye: the device.
    """

    words = "test set as a device sees it"
    weight = LONG

    predictions: Predictions
    eye: DeviceEye

    @property
    def digest(self) -> str:
        """See `Asked.digest`."""
        project = self.predictions.project
        context = context_of(project.network, self._medium or project.medium)
        return f"device {context} {self.predictions.digest_of_files}"

    @property
    def fit(self) -> Fit:
        """See `Asked.fit`."""
        if self._medium is not None:
            return Fit()
        called = self.predictions.project.medium.called
        return Fit(f"No camera delivers {called.many}, so there is nothing to be seen otherwise.")

    @property
    def found(self) -> Predictions | None:
        """See `Asked.found`."""
        return _seen.get(self.digest)

    @property
    def price(self) -> Price:
        """See `Asked.price`."""
        return Price(len(self.predictions), "prediction", self.predictions.project.work(PREDICTING))

    def make(self, progress: Progress) -> Predictions:
        """See `Asked.make`."""
        medium = self._medium or self.predictions.project.medium
        made = predict(replace(self.predictions.project, medium=medium), progress)
        _seen.put(self.digest, made)
        return made

    @property
    def refused(self) -> str:
        """What goes wrong before any picture is looked at, in a sentence; "" for nothing."""
        medium = self.predictions.project.medium
        if not self.eye.refuses(medium.width, medium.height):
            return ""
        across, down = self.eye.frame
        told = (
            f"A frame of {across} × {down} holds no crop of the shape {medium.width} × "
            f"{medium.height}: the device's software refuses it (−1008)"
        )
        if self.eye.firmware.notices:
            return f"{told}, so that nothing is recognised; choose another frame or input size."
        return (
            f"{told}, the firmware does not notice, and the network gets the frame's first pixels "
            "in rows of another length."
        )

    @property
    def _medium(self) -> Medium | None:
        return self.predictions.project.medium.seen_by(self.eye)
