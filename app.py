"""Why did the network say that? Run with: streamlit run app.py."""

from components import shell

shell.run()
