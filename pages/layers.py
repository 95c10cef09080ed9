"""Layers: what every layer looks at, its activation maps, its filters, one channel of it."""

from components.controls.binding import segments
from components.controls.heatmap import chosen, heatmap_controls, layer_controls
from components.controls.stepper import chosen_position, list_ready, stepper
from components.flags.bar import sample_bar
from components.frame.guard import guarded, require_project
from components.views.layers.channels import maps, one_channel
from components.views.layers.kernels import has_scale, learned_kernels
from components.views.layers.strip import rows_control, strip
from services.choices.options import LayersView
from services.session import choices as chosen_now

opened = require_project()
view = chosen_now().layers_view
if view is LayersView.STRIP:
    heatmap_controls(opened, shared=False)
else:
    is_kernels = view is LayersView.KERNELS
    shared = not is_kernels or has_scale(opened, chosen(opened))
    layer_controls(opened, target=not is_kernels, shared=shared)
choices = chosen(opened)
position, listed = chosen_position(opened)

segments("View", "layers_view", list(LayersView), view)
if view is not LayersView.KERNELS:
    list_ready(opened)
    stepper(position, listed, opened.predictions)
    sample_bar(opened, position, listed)
with guarded():
    match view:
        case LayersView.STRIP:
            rows_control(position, listed)
            strip(opened, position, listed, choices)
        case LayersView.MAPS:
            maps(opened, position, choices)
        case LayersView.CHANNEL:
            one_channel(opened, position, choices)
        case LayersView.KERNELS:
            learned_kernels(opened, choices)
