"""The lists of samples that people go through one by one."""
