import streamlit as st

st.text("page one")
st.radio("Choice", ["first", "second"], key="choice", bind="query-params")
st.file_uploader("Uploader")
if st.button("Setting"):
    st.query_params["setting"] = "1"
