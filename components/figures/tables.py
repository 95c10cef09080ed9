"""Tables that a task describes."""

from __future__ import annotations

import streamlit as st

from services.tasks.shown import Table


def table_figure(table: Table) -> None:
    """The rows, scrolling where there are many."""
    import pandas as pd

    st.dataframe(
        pd.DataFrame(table.rows),
        hide_index=True,
        height="content" if len(table.rows) <= 12 else 440,
        column_config={
            name: st.column_config.NumberColumn(format="percent") for name in sorted(table.shares)
        },
        alt=table.about,
    )
