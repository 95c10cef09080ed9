"""The one database of what lasts: where it lies, its schema, how it is read and written."""
