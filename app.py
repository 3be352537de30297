"""The server, which `streamlit run app.py` imports as an ASGI app; and the script of every page, which a session runs."""

import streamlit as st

from ui.contents import LESSONS, PAGES


def run_page() -> None:
    """Draw the menu and the page that the address names. Nothing heavy is imported here: each rerun passes through."""
    st.set_page_config(page_icon="assets/icon.png", layout="wide")  # before the pages: Streamlit would fetch one of their icons
    st.logo("assets/wordmark.svg")
    lessons, others = (
        [st.Page(each.file, title=each.title, icon=f":material/{each.icon}:") for each in listed] for listed in (LESSONS, PAGES)
    )
    start = st.Page("pages/start.py", title="Start", default=True, visibility="hidden")  # the name at the top leads there
    page = st.navigation({"Learn": lessons, "": [start, *others]}, position="top")
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
