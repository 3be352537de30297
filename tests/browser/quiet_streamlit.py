"""The command `streamlit`, but for how often it looks whether its settings have changed: each wake-up slows a slow machine."""

import sys

from streamlit.watcher import polling_path_watcher
from streamlit.web import cli

if __name__ == "__main__":
    assert polling_path_watcher._POLLING_PERIOD_SECS < 2
    polling_path_watcher._POLLING_PERIOD_SECS = 2
    cli.main(sys.argv[1:], prog_name="streamlit")
