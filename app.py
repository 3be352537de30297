"""The server, which `streamlit run app.py` imports as an ASGI app; and the script of every page, which a session runs."""

import streamlit as st


def run_page() -> None:
    """Draw the menu and the page that the address names. Nothing heavy is imported here: each rerun passes through."""
    st.set_page_config(page_icon="assets/icon.png", layout="wide")  # before the pages: Streamlit would fetch one of their icons
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
    st.session_state["page_that_runs"] = page.url_path  # ui/components/menu.py tells the browser
    try:
        page.run()
    except Exception as error:  # noqa: BLE001 (a page may fail in any way, and what is drawn so far stays)
        from ui.shared.faults import say_fault

        say_fault(error)
    finally:
        st.session_state.pop("recordings_of_this_run", None)  # ui/explorer/loading.py: some 100 MB each


if __name__ == "__main__":
    run_page()
else:
    from ui import server

    app = st.App(
        __file__,
        lifespan=server.warmed,
        routes=server.routes(),
        middleware=server.middleware(),
        on_script_error=server.say_fault,
    )
