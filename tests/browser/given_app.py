"""Components of which six runs of the script, one after another, give other data: Streamlit's own, and as ours are.

test_given_in_order.py serves this.
"""

import time

import streamlit as st

from attention_core.export.bundler import bundle
from ui.components.component import component

HTML = '<p class="given"></p>'
SHOWS = "class { constructor(root) { this.root = root } show({ run }) { this.root.textContent = run } close() {} }"
PLAIN = 'export default ({ data, parentElement }) => { parentElement.querySelector("p").textContent = data.run };'
OURS = f'{bundle("controls/mounted.js")}\nexport default mounted({SHOWS}, ".given", () => {{}});'
COUNT, RUNS = 8, 6

run = st.session_state["run"] = st.session_state.get("run", 0) + 1
for number in range(COUNT):
    for name, declare, script in (("plain", st.components.v2.component, PLAIN), ("ours", component, OURS)):
        with st.container(key=f"{name}-{number}"):
            mounted = declare(f"{name}_{number}", html=HTML, js=f"{script}\n// {number}")
            mounted(key=f"{name}{number}", data={"run": run})
if run < RUNS:
    time.sleep(0.3)
    st.rerun()
st.title(f"Run {run} was the last")
