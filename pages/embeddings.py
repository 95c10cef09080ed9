"""Embeddings: where the network puts each sample, and which labels its neighbours doubt."""

from components.controls.embedding import embedding_controls
from components.frame.guard import guarded, require_project
from components.views.embeddings import embedding_ready, show_embedding

opened = require_project()
asked = embedding_controls(opened)

with guarded():
    if embedding_ready(asked):
        embedded = asked.found
        if embedded is not None:
            show_embedding(opened, asked, embedded)
