"""What people wrote: a database of its own, never in the cache, never thrown away."""
