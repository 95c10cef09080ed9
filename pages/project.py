"""Project: open one, and see what was opened."""

import streamlit as st

from components.frame.guard import require_project
from components.views.corrected import accuracy_beside
from components.views.project import landing
from components.views.project import preprocessing as preprocessing_view
from components.views.project import project as project_view
from components.views.project import studio as studio_view
from components.views.project.alternatives import others_to_open
from components.views.project.opening import opening_form, sharing_bar

opened = require_project()

opening_form()
sharing_bar(opened)
studio_view.studio_bar(opened)
project_view.warnings(opened)
project_view.project_figures(opened)
project_view.uncertain_switch(opened)
accuracy_beside(opened)
preprocessing_view.measured_on(opened)
first = landing.first_samples(opened)
heatmaps = st.container()
left, right = st.columns([3, 2], gap="large")
with left:
    landing.breakdown(opened)
with right:
    landing.next_steps(opened, first)
left, right = st.columns(2, gap="large")
with left:
    project_view.network_sees(opened)
    studio_view.studio_sees(opened)
    project_view.tables(opened)
    studio_view.studio_results(opened)
with right:
    others_to_open(opened)
    preprocessing_view.preprocessing(opened)
    verification = st.container(key="verification")
    project_view.facts(opened)
studio_view.labels_back(opened)
project_view.left_out(opened)
with heatmaps:
    may_go_on = landing.follow_heatmaps(first)
if may_go_on:
    with verification:
        preprocessing_view.verified(opened)
