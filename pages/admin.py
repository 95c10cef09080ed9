"""Admin: people, jobs of all, what is shared and kept, for admins of a server with others."""

from components.frame.guard import require_admin
from components.views import admin as view

admin = require_admin()
view.jobs(admin)
view.people(admin)
view.shared()
view.cache(admin)
view.limits_in_force(admin)
