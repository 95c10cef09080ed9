"""Why did the network say that? Run with: streamlit run app.py."""

from components.frame import shell

shell.run()
