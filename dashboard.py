"""The dashboard itself: what `app.py` runs for each person, behind the gate."""

from components.frame import shell
from components.views.project.opening import opening_form
from gate.entrance import reason_against_serving

shell.run(opening_form, reason_against_serving())
