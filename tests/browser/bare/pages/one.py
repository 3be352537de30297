import streamlit as st

from ui.streamlit_workarounds import let_be_drawn

st.text("page one")
st.radio("Choice", ["first", "second"], key="choice", bind="query-params")
st.file_uploader("Uploader")
if st.button("Setting"):
    st.query_params["setting"] = "1"
quickly, slowly = st.button("Draw"), st.button("Draw slowly")
st.session_state["drawn"] = drawn = st.session_state.get("drawn", 0) + quickly + slowly
st.text(f"figure {drawn}")
if slowly:
    let_be_drawn()
st.text(f"chart {drawn}")
