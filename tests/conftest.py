from hypothesis import settings

# The same examples in each run, however busy the machine is, and nothing left on the disk.
settings.register_profile("project", database=None, deadline=None, derandomize=True)
settings.load_profile("project")
