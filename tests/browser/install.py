"""Have a Chromium: the installed one, else Debian's package, else Playwright's download."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.browser.chromium import find_chromium


def main() -> int:
    """Install what is missing; 0 if there is a browser in the end."""
    if not find_chromium() and shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
        for command in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
            subprocess.run([*sudo, "apt-get", *command], check=False)
    if not find_chromium():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    found = find_chromium()
    print(f"browser: {found}" if found else "No Chromium; install one or set CHROMIUM to it.")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
