import streamlit as st
from starlette.formparsers import MultiPartParser

# What is uploaded stays in memory while it comes, too: Starlette would write what is larger than 1 MB into a temporary file.
MultiPartParser.spool_max_size = (st.get_option("server.maxUploadSize") + 1) * 2**20
st.set_page_config(page_icon="assets/icon.png", layout="wide")  # before the pages: of their icons Streamlit would fetch one
st.logo("assets/wordmark.svg")
lessons = [
    st.Page("pages/self_attention.py", title="Self-attention", icon=":material/linear_scale:"),
    st.Page("pages/queries_keys_values.py", title="Queries, keys, values", icon=":material/key:"),
    st.Page("pages/multi_head.py", title="Multi-head", icon=":material/account_tree:"),
]
start = st.Page("pages/start.py", title="Start", default=True, visibility="hidden")  # the name at the top leads there
your_image = st.Page("pages/your_image.py", title="Your image", icon=":material/image:")
compare = st.Page("pages/compare.py", title="Compare", icon=":material/compare:")
what_if = st.Page("pages/what_if.py", title="What if", icon=":material/switches:")
atlas = st.Page("pages/atlas.py", title="Atlas", icon=":material/grid_view:")
page = st.navigation({"Learn": lessons, "": [start, your_image, compare, what_if, atlas]}, position="top")
st.set_page_config(page_title=f"{page.title} · Regard")
st.session_state["page_that_runs"] = page.url_path  # ui/components/menu.py tells it to the browser; nothing is imported here
try:
    page.run()
except Exception as error:  # noqa: BLE001 (whatever it is: what stands above stays; a rerun is none of these)
    from ui.shared.faults import say_fault

    say_fault(error)
finally:
    st.session_state.pop("recordings_of_this_run", None)  # ui/explorer/loading.py: their numbers, some 100 MB each
