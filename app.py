"""The server and the script of every page. `streamlit run app.py` imports the server; each session runs the script."""

import streamlit as st

from ui.contents import LESSONS, PAGES


def run_page() -> None:
    """Draw the menu and the page of the address. Nothing heavy is imported here, because every rerun passes through."""
    st.set_page_config(page_icon="assets/icon.png", layout="wide")  # before the pages, or Streamlit fetches a page's icon
    st.logo("assets/wordmark.svg")
    lessons, others = (
        [st.Page(page.file, title=page.title, icon=f":material/{page.icon}:") for page in pages] for pages in (LESSONS, PAGES)
    )
    start = st.Page("pages/start.py", title="Start", default=True, visibility="hidden")  # the logo leads there
    page = st.navigation({"Learn": lessons, "": [start, *others]}, position="top")
    st.set_page_config(page_title=f"{page.title} · Regard")
    st.session_state["page_that_runs"] = page.url_path  # ui/components/menu.py sends it to the browser
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
