"""Have PostgreSQL and HAProxy: the installed ones, else Debian's packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from hosting.postgres import find_postgres
from hosting.proxy import find_haproxy


def missing() -> list[str]:
    """Debian's packages of what is not there."""
    there = {"postgresql": find_postgres(), "haproxy": find_haproxy()}
    return [package for package, place in there.items() if place is None]


def main() -> int:
    """Install what is missing; 0 if all is there in the end."""
    if missing() and shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
        for command in (["update", "-qq"], ["install", "-y", "-qq", *missing()]):
            subprocess.run([*sudo, "apt-get", *command], check=False)
    if still := missing():
        print(f"Not there, and could not be installed: {', '.join(still)}.")
        return 1
    print(f"database: {find_postgres()}, proxy: {find_haproxy()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
