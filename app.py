"""Why did the network say that? Run with: streamlit run app.py."""

from components.frame import shell
from components.views.project.opening import opening_form

shell.run(opening_form)
