import streamlit as st

st.text("page two")
st.radio("Choice", ["first", "second"], key="choice", bind="query-params")
