"""Workarounds for gaps in Streamlit's public API, as of 1.67, on the server's side.

assets/streamlit/ has those of the browser's side. tests/browser/test_streamlit_workarounds.py fails if a workaround is no
longer needed or no longer works.
"""

from __future__ import annotations

import logging
from urllib.parse import parse_qs

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.shared.faults import RUNNING


def enter_through_app() -> None:
    """Start again through app.py if Streamlit has run a file of pages/ directly.

    Streamlit does so until the process has called `st.navigation` once, because a folder of that name used to define an app's
    pages. Without this function, the first visitors by deep link get neither the page's width nor its menu. Several may come
    at once, so every session checks whether app.py has run for it.
    """
    if RUNNING not in st.session_state:
        PagesManager.uses_pages_directory = False
        st.rerun()


def complete_link() -> None:
    """Restore link parameters that Streamlit removes after Back or Forward. Call it before the page's widgets.

    Streamlit removes the parameters of the previous page's widgets, even if a widget of this page has the same name.
    """
    run = get_script_run_ctx()
    if run is None or not run.is_history_navigation:
        return
    lost = {name: values for name, values in parse_qs(run.query_string).items() if name not in st.query_params}
    if lost:
        st.query_params.update(lost)
        with run.session_state.query_params() as parameters:
            parameters.set_initial_query_params_from_current()  # the widgets' first values


def keep_messages_out_of_the_log() -> None:
    """Keep Streamlit's own error line out of the log, because the message may name files. on_script_error logs the fault."""
    logging.getLogger("streamlit.error_util").addFilter(lambda record: record.exc_info is None)
