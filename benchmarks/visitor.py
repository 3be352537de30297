"""A reader without a browser.

It sends what the page "Your image" sends, over Streamlit's own protocol and in requests for data.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, Final, TypeVar

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect

XSRF: Final = "_streamlit_xsrf"
PATIENCE_SECONDS: Final = 120
AGAIN_SECONDS: Final = 0.1
"""Wait between two requests for unfinished work, as in assets/data/fetching.js."""
HEARTBEAT_SECONDS: Final = 45
OK, WORKING, GONE, BUSY = 200, 202, 410, 429
LINES: Final = ThreadPoolExecutor(512)


T = TypeVar("T")


class VisitError(Exception):
    """The reader saw something that nobody should see."""


@dataclass
class Visitor:
    """One tab. Waits and errors are noted under the name of the action.

    page: the elements after the last run. For each place, the run and the element as it was sent. layers: the digests
    of received layers, by recording and number. view: the page's data about its recording, with its lease.
    """

    url: str
    socket: ClientConnection = field(init=False)
    _listening: asyncio.Task[None] | None = None
    session: str = ""
    token: str = ""
    waits: dict[str, list[float]] = field(default_factory=dict)
    received: int = 0
    page: dict[tuple[int, ...], tuple[int, Delta]] = field(default_factory=dict)
    _widgets: dict[str, str] = field(default_factory=dict)
    _states: dict[str, WidgetState] = field(default_factory=dict)
    _runs: int = 0
    _hashes: dict[str, Delta] = field(default_factory=dict)
    view: dict[str, Any] = field(default_factory=dict)
    _page: str = ""
    _query: str = ""
    _page_hash: str = ""
    layers: dict[tuple[str, int], bytes] = field(default_factory=dict)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    _answers: dict[str, Any] = field(default_factory=dict)
    _finished: int = 0
    _failed: VisitError | None = None
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def enter(self, page: str = "your_image", query: str = "") -> None:
        """Open the page with the settings of its link, and wait until its script has run."""
        self._page, self._query = page, query
        started = time.perf_counter()
        address = f"{self.url.replace('http', 'ws', 1)}/_stcore/stream"
        self.token = await _aside(_token, self.url)
        options: dict[str, Any] = {"max_size": None, "open_timeout": PATIENCE_SECONDS}
        self.socket = await connect(address, subprotocols=[Subprotocol("streamlit")], **options)
        self._listening = asyncio.create_task(self._listen())
        await self._run([])
        await self._see()
        self._note("first page", started)
        self._begin(self._beat())

    async def leave(self) -> None:
        """Leave the page, whatever happened. A reader who never came in has nothing to leave."""
        for task in self._tasks:
            task.cancel()
        if self.view:
            await self._post("leave", {})
        if self._listening is not None:
            await self.socket.close()
            await self._listening

    async def fetch(self, kind: str, **body: Any) -> bytes:
        """Request the data until they are there, and return them. Raises VisitError if the server refuses them."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                lease = self.view["lease"]
                status, data = await self._post(kind, body)
                if status == OK:
                    self.received += len(data)
                    return data
                if status == BUSY:
                    return b""  # the map is there: a browser asks again later
                if status == GONE and lease != self.view["lease"]:
                    continue
                if status != WORKING:
                    raise VisitError(f"{kind}: {status} {data.decode(errors='replace')}")
                await asyncio.sleep(AGAIN_SECONDS)

    async def fetch_layers(self, layers: int, shown: int) -> None:
        """Fetch the layers in sequence, the nearest to the shown one first. Stops if the page shows another recording."""
        recording = self.view["recording"]
        for layer in sorted(range(layers), key=lambda layer: abs(layer - shown)):
            if (recording, layer) in self.layers:
                continue
            data = await self.fetch("layer", layer=layer)
            if recording != self.view["recording"]:
                return
            self.layers[recording, layer] = hashlib.sha256(data).digest()

    async def look_at(self, layer: int, depth: str = "layer") -> None:
        """Pin a patch in a layer, or in the "rollout", and wait until its weights are there.

        If the browser has the layer, it computes the weights itself and then requests the exact ones. Nobody waits for the
        exact weights, so the noted time ends with the server's first answer.
        """
        started = time.perf_counter()
        if depth == "layer" and (self.view["recording"], self._shown(layer)) in self.layers:
            status, _ = await self._post("rows", self._row(layer))
            if status not in (OK, BUSY):
                self._begin(self._rows(layer))
        else:
            await self._rows(layer, depth)
        self._note("change", started)

    async def change(self, edits: str) -> None:
        """Run the model with these edits, on the page "What if"."""
        await self.fetch("changed", edits=edits, target=None)

    async def measure(self) -> None:
        """Start to measure every head's effect on the page "What if", without waiting for the result."""
        asked: dict[str, Any] = {"patch": None, "start": True}
        await self._post("effects", asked)
        self._begin(self.fetch("effects", **asked))

    async def click(self, layer: int) -> None:
        """Pin a patch in a layer, without waiting for its weights."""
        self._begin(self._rows(layer))

    async def run_again(self) -> None:
        """Change something that the script must know, without waiting. The present run starts again."""
        await self._ask([])

    async def _rows(self, layer: int, depth: str = "layer") -> bytes:
        row = self._row(layer)
        if depth == "rollout":
            return await self.fetch("rollout", token=row["token"], fusion="mean", discard=0, withoutOutliers=False)
        return await self.fetch("rows", **row)

    def _row(self, layer: int) -> dict[str, Any]:
        """Return the request for the weights of one patch. It refines them if the browser has the layer."""
        number = self._shown(layer)
        shown = self.view["layers"][number]
        patch = min(layer, shown["rows"] - 1) * shown["cols"] + min(layer, shown["cols"] - 1)
        row = {"layer": number, "token": len(shown["prefix"]) + patch, "direction": "outgoing", "temperature": 1}
        return row | {"refines": (self.view["recording"], number) in self.layers}

    def _shown(self, layer: int) -> int:
        return min(layer, len(self.view["layers"]) - 1)

    async def _see(self) -> None:
        """Fetch the picture and the data of the first map, as the browser does."""
        if not self.view:
            return
        await self.fetch("picture")
        layer = min(self.view["defaults"]["layer"], len(self.view["layers"]) - 1)
        if self.view["inBrowser"]:
            data = await self.fetch("layer", layer=layer)
            self.layers[self.view["recording"], layer] = hashlib.sha256(data).digest()
        else:
            await self._rows(layer)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            if self.view:
                await self._post("renew", {})

    def _begin(self, what: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _post(self, kind: str, body: dict[str, Any]) -> tuple[int, bytes]:
        return await _aside(_post, self.url, kind, self.view["lease"], body)

    async def bring(self, picture: bytes) -> None:
        """Upload a new picture, and wait until its map is there."""
        started = time.perf_counter()
        before = self.view["recording"]
        await self.give("upload", f"{hashlib.sha256(picture).hexdigest()}.png", picture)
        if self.view["recording"] == before:
            raise VisitError("the picture did not come")
        await self._see()
        self._note("own picture", started)

    async def give(self, uploader: str, name: str, data: bytes) -> None:
        """Upload a file to the uploader of that key, and wait until the page has processed it."""
        urls = await self.place_for(name)
        await _aside(_put, self.url + urls.upload_url, self.token, name, data)
        state = WidgetState(id=self._widgets[uploader])
        uploaded = state.file_uploader_state_value.uploaded_file_info.add()
        uploaded.name, uploaded.size, uploaded.file_id = name, len(data), urls.file_id
        uploaded.file_urls.CopyFrom(urls)
        self._states[state.id] = state
        await self._run([])

    async def press(self, button: str) -> None:
        """Press the button of that key, and wait until the page has processed it."""
        await self._run([WidgetState(id=self._widgets[button], trigger_value=True)])

    async def place_for(self, name: str) -> Any:
        """Return the address for the upload of a file of that name, as `FileURLs`."""
        asked = BackMsg()
        asked.file_urls_request.request_id = uuid.uuid4().hex
        asked.file_urls_request.session_id = self.session
        asked.file_urls_request.file_names.append(name)
        await self.socket.send(asked.SerializeToString())
        answer = await self._until(lambda: self._answers.pop(asked.file_urls_request.request_id, None))
        return answer.file_urls[0]

    async def _run(self, triggers: list[WidgetState]) -> None:
        """Run the script with these triggers. Wait until this run or a later one has ended."""
        began = self._runs
        await self._ask(triggers)
        await self._until(lambda: self._finished > began or None)

    async def _ask(self, triggers: list[WidgetState]) -> None:
        asked = BackMsg()
        rerun = asked.rerun_script
        rerun.page_script_hash = self._page_hash
        rerun.page_name = "" if self._page_hash else self._page
        rerun.query_string = self._query
        rerun.context_info.url = f"{self.url}/{self._page}"
        rerun.cached_message_hashes.extend(self._hashes)
        rerun.widget_states.widgets.extend([*self._states.values(), *triggers])
        await self.socket.send(asked.SerializeToString())

    async def _listen(self) -> None:
        """Read all messages, and wake up every waiting task."""
        try:
            async for message in self.socket:
                assert isinstance(message, bytes)
                self.received += len(message)
                self._read(ForwardMsg.FromString(message))
                await self._wake()
        except VisitError as error:
            self._failed = error
            await self._wake()

    async def _wake(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def _until(self, there: Callable[[], Any]) -> Any:
        """Return the function's result once it is not None. Raises the page's error."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._news:
            while (found := there()) is None:
                if self._failed is not None:
                    raise self._failed
                await self._news.wait()
        return found

    def _read(self, answer: ForwardMsg) -> None:
        kind = answer.WhichOneof("type")
        if kind == "new_session":
            self.session = answer.new_session.initialize.session_id
            self._runs += 1
        if kind == "file_urls_response":
            self._answers[answer.file_urls_response.response_id] = answer.file_urls_response
        if answer.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            raise VisitError("the script does not compile")
        if kind == "script_finished" and answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            self._finished = self._runs
            self.page = {place: (run, delta) for place, (run, delta) in self.page.items() if run == self._runs}
        if kind == "navigation":
            self._page_hash = answer.navigation.page_script_hash
        if kind not in ("delta", "ref_hash"):
            return
        delta = answer.delta if kind == "delta" else self._hashes[answer.ref_hash]
        if answer.metadata.cacheable:
            self._hashes[answer.hash] = delta
        self.page[tuple(answer.metadata.delta_path)] = (self._runs, delta)
        element = delta.new_element
        if element.WhichOneof("type") == "exception":
            raise VisitError(element.exception.message)
        if element.WhichOneof("type") == "alert":
            raise VisitError(element.alert.body)
        if element.WhichOneof("type") in ("file_uploader", "button"):
            identity = getattr(element, element.WhichOneof("type")).id
            self._widgets[identity.split("-", 2)[2]] = identity
        if element.WhichOneof("type") == "bidi_component":
            text = element.bidi_component.json or element.bidi_component.mixed.json
            data = json.loads(text) if '"lease"' in text else None
            if isinstance(data, dict) and {"lease", "recording", "defaults"} <= set(data):
                self.view = data
            elif isinstance(data, dict) and data.get("changed"):  # the page "What if": its left side
                self.view = data["sides"][0] | {"defaults": {"layer": data["defaults"]["layers"][0]}}

    def _note(self, what: str, started: float) -> None:
        self.waits.setdefault(what, []).append(time.perf_counter() - started)


async def _aside(do: Callable[..., T], *args: Any) -> T:
    """Return the function's result from a thread of its own: a browser does not wait for other answers."""
    return await asyncio.get_running_loop().run_in_executor(LINES, do, *args)


def _token(url: str) -> str:
    """Return the token that the server expects with every upload."""
    with urllib.request.urlopen(f"{url}/_stcore/health", timeout=PATIENCE_SECONDS) as answer:
        return SimpleCookie(answer.headers.get("Set-Cookie", ""))[XSRF].value


def _post(url: str, kind: str, lease: str, body: dict[str, Any]) -> tuple[int, bytes]:
    """Return the status and the data of an answer."""
    origin = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(url))
    headers = {"Content-Type": "application/json", "Origin": origin, "regard-lease": lease}
    request = urllib.request.Request(f"{url}/data/{kind}", json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def _put(url: str, token: str, name: str, data: bytes) -> Any:
    """Upload one file as a browser sends a form."""
    mark = uuid.uuid4().hex
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: image/png\r\n\r\n'
    body = head.encode() + data + f"\r\n--{mark}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={mark}", "X-Xsrftoken": token, "Cookie": f"{XSRF}={token}"}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers, method="PUT"), timeout=PATIENCE_SECONDS) as answer:
        return answer.status
