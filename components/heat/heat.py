"""What colours heat in a browser: the script that programs of components begin with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from gradcam import Colormap, color_table

_TABLES = {str(name): color_table(name).ravel().tolist() for name in Colormap}
HEAT_PROGRAM: Final = f"const TABLES = {json.dumps(_TABLES)}\n" + (
    Path(__file__).parent / "heat.js"
).read_text(encoding="utf-8")
