"""Checks of uploaded weights, with an error beside the uploader."""

from __future__ import annotations

from typing import Protocol

import streamlit as st

from attention_core.models.checkpoints import DamagedError, PickledError, conversion, require_safetensors


class GivenFile(Protocol):
    """The part of `st.file_uploader`'s result that is used here."""

    name: str

    def getvalue(self) -> bytes: ...


def weights_in(file: GivenFile | None) -> bytes | None:
    """Return the bytes of a safetensors file. For another file, return None and show a sentence with the solution."""
    if file is None:
        return None
    content = file.getvalue()
    try:
        require_safetensors(content, file.name)
    except PickledError as error:
        st.warning(f"{error} If the file holds only tensors, this line of Python does it:")
        st.code(conversion(file.name), language="python", wrap_lines=True)
    except DamagedError as error:
        st.warning(str(error))
    else:
        return content
    return None
