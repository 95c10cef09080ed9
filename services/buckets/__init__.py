"""Projects that lie in an object store: listed, fetched into the cache, read as folders."""
