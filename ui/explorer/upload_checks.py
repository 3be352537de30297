"""What a reader's files must be, said at once and where they are given."""

from __future__ import annotations

from typing import Protocol

import streamlit as st

from attention_core.models.checkpoints import DamagedError, PickledError, conversion, require_safetensors


class GivenFile(Protocol):
    """What `st.file_uploader` returns, as far as it matters here."""

    name: str

    def getvalue(self) -> bytes: ...


def weights_in(file: GivenFile | None) -> bytes | None:
    """The bytes of a safetensors file; None where there is none, or another, which gets a sentence with the way out."""
    if file is None:
        return None
    content = file.getvalue()
    try:
        require_safetensors(content, file.name)
    except PickledError as error:
        st.warning(f"{error} This line of Python does it, where the file holds tensors alone:")
        st.code(conversion(file.name), language="python", wrap_lines=True)
    except DamagedError as error:
        st.warning(str(error))
    else:
        return content
    return None
