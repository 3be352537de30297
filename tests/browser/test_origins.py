"""A page of another site gets nothing out of the server: no session, no upload, no answer to read; also below a base path."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Iterator, Mapping
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from tests.asynchronous import run as run_alone
from tests.browser.serving import hosted
from ui.headers import OwnOrigin, is_own

pytestmark = pytest.mark.nightly

XSRF = "_streamlit_xsrf"
FOREIGN = ("https://other.example", "http://127.0.0.1:1", "http://localhost:1", "null", "http://[", "")
HOSTS = st.from_regex(r"[a-z0-9.-]{1,20}(:\d{1,5})?", fullmatch=True)


@pytest.fixture(scope="module", params=["", "/of/regard"])
def running(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    """Where its pages begin, and its process."""
    with hosted(request.param) as (url, process):
        yield url, process.pid


@pytest.fixture
def place(running: tuple[str, int]) -> str:
    return running[0]


def own(place: str) -> str:
    return "http://" + urlsplit(place).netloc


def socket(place: str, origin: str | None) -> connect:
    address = place.replace("http", "ws", 1) + "/_stcore/stream"
    return connect(address, origin=Origin(origin) if origin is not None else None, subprotocols=[Subprotocol("streamlit")])


async def session_of(connection: ClientConnection) -> str:
    asked = BackMsg()
    asked.rerun_script.query_string = ""
    await connection.send(asked.SerializeToString())
    while True:
        message = await connection.recv()
        assert isinstance(message, bytes)
        answer = ForwardMsg.FromString(message)
        if answer.WhichOneof("type") == "new_session":
            found: str = answer.new_session.initialize.session_id
            return found


def test_a_page_of_regards_own_gets_a_session_and_one_of_another_site_none(place: str) -> None:
    async def opens(origin: str | None) -> bool:
        async with socket(place, origin) as connection:
            return bool(await session_of(connection))

    assert run(opens(own(place)))
    assert run(opens(None)), "not a browser"
    for origin in FOREIGN:
        with pytest.raises(InvalidStatus) as refusal:
            run(opens(origin))
        assert refusal.value.response.status_code == 403, origin


def run(awaited: Awaitable[Any]) -> Any:
    """In a thread of its own, within a minute."""

    async def waits() -> Any:
        async with asyncio.timeout(60):
            return await awaited

    return run_alone(waits())


def test_streamlit_is_not_even_asked_about_a_foreign_origin() -> None:
    """Its own check asks a host outside for this machine's address, and everybody waits."""
    asked: list[str] = []
    sent: list[Mapping[str, Any]] = []

    async def streamlit(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["type"])

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    for kind, origin in (("websocket", b"https://other.example"), ("websocket", b"http://regard.example"), ("http", b"null")):
        headers = [(b"host", b"regard.example"), (b"origin", origin)]
        run(OwnOrigin(streamlit)({"type": kind, "headers": headers}, None, send))  # type: ignore[arg-type]
    assert asked == ["websocket", "http"]
    assert sent == [{"type": "websocket.close", "code": 1008}]


@given(HOSTS, HOSTS)
def test_an_origin_is_own_where_it_is_the_host(host: str, other: str) -> None:
    for scheme in ("http", "https"):
        assert is_own(f"{scheme}://{host}", host.upper(), [])
        assert is_own(f"{scheme}://{other}", host, []) == (other == host)
        assert not is_own(f"{scheme}://{host}@{other}", host, [])
        assert not is_own(f"{scheme}://{other}/{host}", host, []) or other == host
    assert is_own(f"https://{other}", host, [f"https://{other}"])


@given(st.text(), st.text(max_size=20))
def test_any_text_is_judged(origin: str, host: str) -> None:
    assert is_own(origin, host, []) in (True, False)
    assert not is_own(origin, "", [])


def asked(place: str, method: str, address: str, headers: dict[str, str], body: bytes = b"") -> Any:
    connection = HTTPConnection(urlsplit(place).netloc)
    connection.request(method, f"{urlsplit(place).path}{address}", body or None, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def token(place: str) -> str:
    cookie = asked(place, "GET", "/_stcore/health", {}).getheader("Set-Cookie")
    assert "SameSite=Lax" in cookie, "no other site's page sends it along"
    return SimpleCookie(cookie)[XSRF].value


def form() -> tuple[dict[str, str], bytes]:
    mark = uuid.uuid4().hex
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    return {"Content-Type": f"multipart/form-data; boundary={mark}"}, f"{head}pixels\r\n--{mark}--\r\n".encode()


def test_an_upload_needs_the_token_twice(place: str) -> None:
    right, wrong = token(place), token(place)
    headers, body = form()
    secret = {
        "nothing": {},
        "cookie alone": {"Cookie": f"{XSRF}={right}"},
        "header alone": {"X-Xsrftoken": right},
        "of two visits": {"Cookie": f"{XSRF}={right}", "X-Xsrftoken": wrong},
        "made up": {"Cookie": f"{XSRF}=a", "X-Xsrftoken": "a"},
    }

    async def uploads() -> None:
        async with socket(place, own(place)) as connection:
            address = f"/_stcore/upload_file/{await session_of(connection)}/{uuid.uuid4()}"
            for name, given_ in secret.items():
                for method in ("PUT", "DELETE"):
                    assert asked(place, method, address, headers | given_, body).status == 403, (name, method)
            both = {"Cookie": f"{XSRF}={right}", "X-Xsrftoken": right}
            assert asked(place, "PUT", address, headers | both, body).status == 204
            elsewhere = f"/_stcore/upload_file/{uuid.uuid4()}/{uuid.uuid4()}"
            assert asked(place, "PUT", elsewhere, headers | both, body).status == 400, "a session that does not exist"

    run(uploads())


@pytest.mark.parametrize("address", ["/", "/_stcore/health", "/_stcore/host-config", "/_stcore/metrics"])
def test_no_other_sites_page_may_read_an_answer(place: str, address: str) -> None:
    for method in ("GET", "OPTIONS"):
        for origin in ("https://other.example", "http://localhost:1", "null"):
            answer = asked(place, method, address, {"Origin": origin, "Access-Control-Request-Method": "PUT"})
            assert answer.getheader("Access-Control-Allow-Origin") is None, (method, origin)


def test_other_sites_may_not_ask_to_upload(place: str) -> None:
    headers = {"Origin": "https://other.example", "Access-Control-Request-Method": "PUT"}
    answer = asked(place, "OPTIONS", "/_stcore/upload_file/a/b", headers)
    assert answer.getheader("Access-Control-Allow-Origin") not in ("*", headers["Origin"])


def test_programs_do_not_drive_the_app(place: str) -> None:
    """Streamlit's interface for them is off."""
    assert asked(place, "POST", "/_stcore/agent/interact", {"Content-Type": "application/json"}, b"{}").status in (403, 404)


def listens_at(process: int) -> set[str]:
    return {at.laddr.ip for at in psutil.Process(process).net_connections("inet") if at.status == "LISTEN"}


def test_the_server_listens_on_this_machine_alone(running: tuple[str, int]) -> None:
    assert listens_at(running[1]) == {"127.0.0.1"}


def test_the_server_listens_elsewhere_where_it_is_told_to() -> None:
    with hosted(address="0.0.0.0") as (_, process):
        assert listens_at(process.pid) == {"0.0.0.0"}
