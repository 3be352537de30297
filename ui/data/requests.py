"""`POST /data/{kind}`: answers what a browser asks of the recording or atlas that the lease in the header names."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Final

import streamlit as st
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ui.data.answers import ARRAYS, Answer, Kind, Task
from ui.data.leases import GoneError, Lease, leases
from ui.headers import is_own
from ui.jobs import turn
from ui.recording import Recipe, Recording
from ui.shared.faults import FaultError, noted, sentence
from ui.shared.work import Work, workshop

LEASE: Final = "regard-lease"
"""The header with the token: addresses may end in a log."""
MOST_BYTES: Final = 128 * 1024
"""The largest size of a request: a lesson of 16 heads needs nearly as much."""
AT_ONCE: Final = 2
"""Answers that are computed at a time, besides the work that goes through the gate."""
PATIENCE_SECONDS: Final = 0.4
"""Work that takes longer answers with its progress, and the browser asks again."""
LOOK_SECONDS: Final = 0.02
_HEADERS: Final = {"cache-control": "no-store", "content-encoding": "identity"}
_GONE: Final = "What was shown here is no longer on the server."
_THREADS: Final = ThreadPoolExecutor(AT_ONCE, "regard-data")


class UnfinishedError(Exception):
    """The answer needs work that goes on."""

    def __init__(self, work: Work, says: str) -> None:
        super().__init__(says)
        self.progress = {"says": says, "share": work.share, "waits": work.waits}


class BusyError(Exception):
    """The answer would only refine what the browser has, and others wait for work."""


def data_routes(kinds: Mapping[str, Kind]) -> list[Route]:
    """Return the routes of all kinds, of a heartbeat that renews a lease, and of leaving it."""

    async def data(request: Request) -> Response:
        if not _is_own(request):
            return _refusal(403, "Only Regard's own pages may ask.")
        token = request.headers.get(LEASE, "")
        name = request.path_params["kind"]
        if name == "leave":
            leases().let_end(token)
            return Response(status_code=204)
        kind = kinds.get(name)
        lease = Lease() if kind is not None and kind.of is None else leases().find(token)
        if lease is None:
            return _refusal(410, _GONE)
        if name == "renew":
            return Response(status_code=204)
        if kind is None or not isinstance(lease.leased, kind.of or object):
            return _refusal(404, "There is no such kind of data.")
        return await _answered(kind, name, lease, request)

    return [Route(f"{_base()}/data/{{kind}}", data, methods=["POST"])]


async def _answered(kind: Kind, name: str, lease: Lease, request: Request) -> Response:
    try:
        asked = await _body(request)
        wanted = kind.read(lease.leased, asked)
    except ClientDisconnect:
        return Response(status_code=499)
    except GoneError:
        return _refusal(410, _GONE)
    except ValueError as error:
        return _refusal(400, sentence(error))
    try:
        if asked.get("cancel") is True:
            _cancel(kind, lease, wanted)
            return Response(status_code=204)
        answer = await _made(kind, name, lease, wanted, refines=asked.get("refines") is True)
        if answer.beside is not None:
            answer.entry["lease"] = leases().grant_beside(lease, answer.beside)
    except UnfinishedError as unfinished:
        return JSONResponse(unfinished.progress, 202, _HEADERS)
    except BusyError:
        return _refusal(429, "Others wait for the server's work.")
    except Exception as error:  # noqa: BLE001 (a model may fail in any way; the reader gets one sentence)
        said = noted(error, "data", f"The {name}", lease.page)
        return _refusal(500 if isinstance(said, FaultError) else 400, sentence(said))  # a sentence of ours is no fault
    return Response(answer.packed(), media_type=ARRAYS, headers=_HEADERS)


async def _made(kind: Kind, name: str, lease: Lease, wanted: Any, refines: bool) -> Answer:
    """Return the answer.

    Raises UnfinishedError while work goes on that it needs, BusyError as `_whole` does, and what that work failed with.
    """
    task = kind.task(lease.leased, wanted)
    if kind.newest_only:
        lease.turn_to(name, "" if task is None else task.name)
    result = None if task is None else await _done(lease, task)
    shown = await _whole(lease, lease.recipe, refines) if kind.needs_numbers and lease.recipe else lease.leased
    return await asyncio.get_running_loop().run_in_executor(_THREADS, kind.answer, shown, wanted, result)


async def _whole(lease: Lease, recipe: Recipe, refines: bool) -> Recording:
    """Return the recording with its numbers, made again if the server has let go of it.

    Raises BusyError if others wait for work and the answer only refines what the browser has. A pass for every pinned patch
    would delay the pictures that people wait for.
    """
    recording = recipe.find()
    if recording is None:
        if refines and recipe.name not in lease.works and not workshop().is_free:
            raise BusyError
        recording = recipe.made(await _done(lease, Task(recipe.name, recipe.what, recipe.make, recipe.says)))
    return replace(recording, recipe=recipe)


async def _done(lease: Lease, task: Task) -> Any:
    """Return the task's result. The lease keeps finished work until then, however little the server keeps."""
    work = lease.works.get(task.name)
    if work is None:
        if (found := task.find()) is not None:
            return found
        work = workshop().ask(task.name, task.what, task.make, lease, page=lease.page)
        lease.works[task.name] = work
    work.wanted_by(lease)
    ends = time.monotonic() + PATIENCE_SECONDS
    while not work.there.is_set():
        if time.monotonic() > ends or not lease.waits_for(work):
            raise UnfinishedError(work, turn(work) or task.says(work))
        await asyncio.sleep(LOOK_SECONDS)
    if work.result is None and work.failure is None:  # everybody had left before it was done
        if not lease.waits_for(work):
            raise UnfinishedError(work, task.says(work))
        lease.leave(task.name)
        return await _done(lease, task)
    lease.leave(task.name)
    if work.failure is not None:
        raise work.failure
    return work.result


def _cancel(kind: Kind, lease: Lease, wanted: Any) -> None:
    if lease.recipe is not None:
        lease.leave(lease.recipe.name)
    if (task := kind.task(lease.leased, wanted)) is not None:
        lease.leave(task.name)


async def _body(request: Request) -> dict[str, Any]:
    """Return the request's JSON object. Raises ValueError for anything else, and for more than MOST_BYTES."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise ValueError(f"expected a request of at most {MOST_BYTES} bytes")
    try:
        asked = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        raise ValueError("expected a JSON object")
    return asked


def _is_own(request: Request) -> bool:
    origin = request.headers.get("origin", "")
    return is_own(origin, request.headers.get("host", ""), st.get_option("server.corsAllowedOrigins"))


def _refusal(status: int, says: str) -> JSONResponse:
    return JSONResponse({"says": says}, status, _HEADERS)


def _base() -> str:
    path = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"/{path}" if path else ""
