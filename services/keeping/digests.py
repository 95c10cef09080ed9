"""What kept results are called: digests of everything that they depend on."""

from __future__ import annotations

import hashlib

from gradcam import InputSpec, Network

VERSION = "1"  # of the meaning of what is kept of a network's outputs


def context_of(network: Network, spec: InputSpec) -> str:
    """A digest of everything but the picture that an output depends on."""
    return hashlib.sha256(f"{VERSION}|{network.digest}|{spec}".encode()).hexdigest()
