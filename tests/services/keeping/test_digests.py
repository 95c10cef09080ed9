import hashlib
from types import SimpleNamespace

import pytest

from services.keeping.digests import context_of, numbers_digest

PLAIN = SimpleNamespace(digest="abc", is_folded=False)
FOLDED = SimpleNamespace(digest="abc", is_folded=True)


def test_numbers_as_its_library_makes_them_have_the_networks_own_name():
    """So what was kept before there was folding is found by whoever switches it off."""
    assert numbers_digest(PLAIN) == "abc"
    assert context_of(PLAIN, "8 × 8") == hashlib.sha256("1|abc|8 × 8".encode()).hexdigest()


@pytest.mark.parametrize("name", [numbers_digest, lambda network: context_of(network, "8 × 8")])
def test_folded_ones_are_kept_apart(name):
    assert name(FOLDED) != name(PLAIN)
