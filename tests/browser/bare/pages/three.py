import streamlit as st

st.text("page three")
st.radio("Choice", ["first", "second"], key="choice", bind="query-params")
