"""How long tests wait for what has to come: they wait for a state, and this is the last resort."""

import time

PATIENCE = 300  # seconds that only a test which hangs reaches, however busy the machine is
LOOK = 0.01  # seconds between two looks at a state that tells nobody of itself


def wait_until(state):
    """Wait until something holds, and give what it gives."""
    end = time.monotonic() + PATIENCE
    while not (given := state()):
        assert time.monotonic() < end, "it never came to that"
        time.sleep(LOOK)
    return given
