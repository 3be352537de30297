import streamlit as st

st.set_page_config(page_title="Regard · attention you can touch", page_icon="assets/icon.png", layout="wide")

pages = [
    st.Page("pages/start.py", title="Start", icon=":material/home:", default=True),
    st.Page("pages/self_attention.py", title="Self-attention", icon=":material/linear_scale:"),
    st.Page("pages/queries_keys_values.py", title="Queries, keys, values", icon=":material/key:"),
    st.Page("pages/multi_head.py", title="Multi-head", icon=":material/account_tree:"),
    st.Page("pages/your_image.py", title="Your image", icon=":material/image:"),
]
st.navigation(pages, position="top").run()
