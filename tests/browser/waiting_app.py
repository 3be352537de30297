"""A page that tells how often its script has run; test_waiting.py serves this."""

import time

import streamlit as st

st.session_state["runs"] = st.session_state.get("runs", 0) + 1
time.sleep(0.3)
st.title(f"runs: {st.session_state['runs']}")
st.button("Run")
