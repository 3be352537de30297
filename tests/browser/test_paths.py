"""Addresses that people make up get the app's page or a refusal, and no file of the server's."""

from __future__ import annotations

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.browser.serving import ROOT

PLACES = st.sampled_from(
    ["/app/static/", "/static/", "/media/", "/component/", "/_stcore/bidi-components/", "/_stcore/upload_file/", "/pages/", "/"]
)
UP = st.sampled_from(["..", "%2e%2e", ".%2e", "%252e%252e", "..%2f..", "..%5c..", "...", ".", "", "regard_explorer", "js"])
FILES = st.sampled_from(
    ["pyproject.toml", "app.py", "ui/server.py", ".streamlit/config.toml", ".git/config", "etc/passwd", "assets/photos/cat.jpg"]
)
SECRETS = [(ROOT / name).read_bytes()[:60] for name in ("pyproject.toml", "app.py", "ui/server.py", ".streamlit/config.toml")]
SECRETS += [b"root:x:0:0", b"[core]", (ROOT / "assets/photos/cat.jpg").read_bytes()[:60]]
ADDRESSES = st.tuples(PLACES, st.lists(UP, max_size=9), FILES).map(lambda parts: parts[0] + "/".join([*parts[1], parts[2]]))


def get(server: str, address: str) -> tuple[int, bytes]:
    connection = HTTPConnection(urlsplit(server).netloc)
    connection.putrequest("GET", address, skip_host=False)  # as it is: a client of more manners would shorten it
    connection.endheaders()
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


@pytest.fixture(scope="module")
def front(server: str) -> bytes:
    return get(server, "/")[1]


@given(ADDRESSES)
def test_no_address_leads_to_a_file_of_the_servers(server: str, front: bytes, address: str) -> None:
    status, body = get(server, address)
    assert status in (307, 400, 403, 404, 405) or (status == 200 and body == front), (address, status)
    assert not any(secret in body for secret in SECRETS)


def test_what_is_public_is_served(server: str, front: bytes) -> None:
    script = front.split(b'src="./static/')[1].split(b'"')[0].decode()
    status, body = get(server, f"/static/{script}")
    assert status == 200 and body != front
