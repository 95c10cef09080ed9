"""What arrays hold, wherever they go."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]  # outputs, batches, maps, features
Picture = NDArray[np.uint8]  # (height, width, 3), RGB
Numbers = NDArray[np.float64]  # figures, worked out with more digits than maps have
Mask = NDArray[np.bool_]  # which of some
