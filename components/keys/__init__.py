"""The keys of a page, in the browser."""
