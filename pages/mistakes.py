"""Mistakes: which classes are confused, how sure the network is, and what errors may come from."""

import streamlit as st

from components.controls.binding import segments
from components.controls.heatmap import chosen, heatmap_controls
from components.frame.guard import guarded, require_project
from components.views.mistakes.by_class import by_class
from components.views.mistakes.by_value import by_value
from components.views.mistakes.certainty import certainty
from components.views.mistakes.one_by_one import by_picture, chosen_facet, facets_of
from services.choices.options import Facet

opened = require_project()
facet = chosen_facet(opened)
if facet is Facet.CLASSES:
    heatmap_controls(opened)
elif facet is Facet.PICTURES:
    heatmap_controls(opened, shared=False, targets=False)
choices = chosen(opened)

st.title("Mistakes")
segments("Look at them", "facet", facets_of(opened), facet)
with guarded():
    if facet is Facet.CLASSES:
        by_class(opened, choices)
    elif facet is Facet.CERTAINTY:
        certainty(opened, choices)
    elif facet is Facet.VALUES:
        by_value(opened)
    else:
        by_picture(opened, choices)
