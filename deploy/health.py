"""Health check of this container's server. It imports nothing from Regard, because that would take seconds each time."""

import os
import urllib.request

port = os.environ.get("REGARD_PORT") or "8501"
base = os.environ.get("REGARD_BASE_PATH", "").strip("/")
with urllib.request.urlopen(f"http://127.0.0.1:{port}/{base + '/' if base else ''}_stcore/health", timeout=5):
    pass
