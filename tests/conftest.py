from hypothesis import settings

# The same examples in each run, however busy the machine is.
settings.register_profile("project", database=None, deadline=None, derandomize=True)
settings.load_profile("project")
