"""How pictures have to reach a network: found by evidence, and said how sure that is."""
