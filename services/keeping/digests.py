"""What kept results are called: digests of everything that they depend on."""

from __future__ import annotations

import hashlib

from gradcam import Network

VERSION = "1"  # of the meaning of what is kept of a network's outputs


def numbers_digest(network: Network) -> str:
    """Of all that a network's numbers depend on, to the last bit.

    Its own digest tells one network from another; folded, the same one rounds otherwise.
    """
    return f"{network.digest} folded" if network.is_folded else network.digest


def context_of(network: Network, medium: object) -> str:
    """A digest of everything but the file that an output depends on.

    Args:
        network: what answers.
        medium: whose text says how a file becomes a tensor, see `Medium`.
    """
    return hashlib.sha256(f"{VERSION}|{numbers_digest(network)}|{medium}".encode()).hexdigest()
