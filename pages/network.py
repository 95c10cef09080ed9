"""Network: what it is made of, how much work it is, how long it takes here."""

from components.frame.guard import guarded, require_project
from components.views import network as network_view

opened = require_project()
summary = opened.project.network.summary

network_view.network_figures(opened)
network_view.blocks(summary)
network_view.layers(opened)
with guarded():
    network_view.latency(opened)
