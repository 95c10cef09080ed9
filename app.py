"""Why did the network say that? Run with: streamlit run app.py."""

import streamlit as st

from components.frame.callbacks import let_callbacks_end
from gate.entrance import middleware, open_up, routes, secrets

let_callbacks_end()
app = st.App(
    "dashboard.py",
    middleware=middleware(),
    routes=routes(),
    secrets=secrets(),
    lifespan=open_up,
)
