"""Bring a team's dashboard up on this machine, until Ctrl-C: `make team`."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from hosting.processes import StartError
from hosting.team import Team, kept_in, running_team


def main() -> int:
    """Start, say where it is, wait, and end everything."""
    parser = argparse.ArgumentParser(prog="make team", description=__doc__)
    parser.add_argument("--port", type=int, default=8501, help="of the proxy (8501)")
    parser.add_argument("--folder", type=Path, help="keep everything here; else it goes at the end")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with kept_in(asked.folder) as folder:
            print("Starting PostgreSQL, two replicas and HAProxy …", flush=True)
            with running_team(folder, asked.port) as team:
                _tell(team)
                signal.pause()
    except KeyboardInterrupt:
        print("\nEverything has ended.")
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _tell(team: Team) -> None:
    print(f"\n  {team.way_in}\n")
    for replica in team.replicas:
        print(f"  replica {replica.name}: process {replica.process.handle.pid}, {replica.place}")
    print(f"  logs: {team.folder / 'logs'}\n\nCtrl-C ends everything.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
