"""How long tests wait for what has to come: they wait for a state, and this is the last resort."""

PATIENCE = 300  # seconds that only a test which hangs reaches, however busy the machine is
