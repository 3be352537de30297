import streamlit as st

st.text("page two")
st.popover("Menu").button("Inside")
