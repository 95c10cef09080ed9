"""Worklist: who looks at which samples, how far everybody is, and what is mine."""

import streamlit as st

from components.flags.done import not_kept_shown
from components.flags.exchange import exchange
from components.flags.settling import conflicts_shown
from components.frame.guard import guarded, require_project
from components.views.corrected import accuracy_beside
from components.views.project.studio import labels_back_link
from components.views.worklist import NO_OTHERS, deal_out, mine, progress
from services import session

opened = require_project()
if not session.person().signed_in:
    st.info(NO_OTHERS)
    st.stop()

not_kept_shown()
conflicts_shown()
with guarded():
    progress(opened)
    labels_back_link(opened, on_another_page=True)
    mine(opened)
    deal_out(opened)
    accuracy_beside(opened)
    st.subheader("As files", anchor=False)
    exchange(opened)
