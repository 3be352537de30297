import streamlit as st

st.text("page two")
