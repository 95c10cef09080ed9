"""Scan: is the network looking at the wrong thing? The whole test set asked, as questions."""

import streamlit as st

from components.controls.heatmap import chosen, heatmap_controls
from components.frame.guard import guarded, require_project
from components.frame.waiting import ready
from components.views.scan import as_scanned, cards, findings_download, report_summary
from services.numbers import counted
from services.scan.scanning import Scan

opened = require_project()
predictions, medium = opened.predictions, opened.project.medium
heatmap_controls(opened, shared=False, one=False)
choices = as_scanned(opened, chosen(opened))

st.markdown(f"Is the network {medium.called.attention} the wrong thing?")
asked = Scan(predictions, choices.recipe, choices.filter.threshold)
about = (
    f"Explains {counted(len(predictions), medium.called.one)} once, then looks for clusters of "
    f"similar heatmaps, heat at the edges, and properties of {medium.called.many} that predict "
    f"{predictions.answers.likeness.apart_said}."
)
with guarded():
    report = asked.found if ready(asked, "scan", "Scan the test set", about, main=True) else None
    if report is not None:
        report_summary(report, predictions)
        cards(predictions, report, choices)
        if report.findings:
            findings_download(predictions, report)
