"""Mistakes: which classes are confused, how sure the network is, and what errors may come from."""

from components.controls.binding import segments
from components.controls.heatmap import chosen
from components.frame.guard import guarded, require_project
from components.views.mistakes.facets import chosen_facet, facets_of, show, sidebar

opened = require_project()
facets = facets_of(opened)
facet = chosen_facet(facets)
sidebar(facet, opened)

segments("View", "facet", list(facets), facet.name, say=opened.project.medium.called.said)
with guarded():
    show(facet, opened, chosen(opened))
