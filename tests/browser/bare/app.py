"""Streamlit as it is, without Regard's workarounds; test_streamlit_workarounds.py serves this."""

import streamlit as st

st.text("through app.py")
st.navigation([st.Page(f"pages/{name}.py") for name in ("one", "two", "three")], position="top").run()
