"""Compare: two networks side by side on the same samples, and where one goes wrong."""

from components.controls.heatmap import chosen, heatmap_controls
from components.frame.guard import guarded, require_project
from components.views.compare.choosing import explaining, seeds_beside, set_beside
from components.views.compare.figures import figures
from components.views.compare.layers import layer_signals
from components.views.compare.levels import other_levels
from components.views.compare.places import where_they_look
from components.views.compare.samples import flipped
from components.views.compare.seeds import flips_by_chance
from components.views.compare.speed import size_and_speed

opened = require_project()
heatmap_controls(opened, shared=False, one=False)
choices = chosen(opened)

with guarded():
    both = set_beside(opened, choices)
    if both is not None:
        figures(both)
        seeds = seeds_beside(opened, choices)
        if seeds is not None:
            flips_by_chance(both, seeds)
        explain = explaining(opened, choices)
        flipped(both, choices, explain)
        other_levels(both, choices)
        where_they_look(both, seeds, choices, explain)
        layer_signals(both, choices, explain)
        size_and_speed(both)
