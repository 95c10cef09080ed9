"""What stands around every page: the shell, the guard, waiting, downloads, text."""
