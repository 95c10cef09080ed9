"""Whether a path lies on a disk of another machine."""

from __future__ import annotations

import re
from pathlib import Path

MOUNTS = Path("/proc/mounts")
# `fuseblk`, a local disk, is none of them.
NETWORK = re.compile(
    r"nfs\d?|cifs|smb\w*|9p|afs|ceph|lustre|gpfs|glusterfs|ocfs2|gfs2|beegfs|davfs"
    r"|virtiofs|vboxsf|vmhgfs|prl_fs|fuse\..+"
)


def network_disk(path: Path) -> str:
    """The kind of network disk, or folder shared with a virtual machine, that a path lies on.

    Returns:
        The kernel's word for it, such as `nfs4`; "" for a disk of this machine, or where the
        kernel tells of none.
    """
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    place, kind, depth = path.resolve(), "", -1
    for line in lines:
        _, where, its_kind, *_ = line.split(" ")
        mounted = Path(re.sub(r"\\(\d{3})", lambda told: chr(int(told[1], 8)), where))
        # Of two on one place the later one lies on top.
        if place.is_relative_to(mounted) and len(mounted.parts) >= depth:
            kind, depth = its_kind, len(mounted.parts)
    return kind if NETWORK.fullmatch(kind) else ""
