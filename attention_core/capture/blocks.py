"""Which module is the block that an attention call lies in: a member of a list of modules, as models have their layers."""

from __future__ import annotations

from torch import nn

from attention_core.capture.running_modules import Frame


class Blocks:
    """Finds blocks while a model runs: members of an `nn.ModuleList` or `nn.Sequential`, wherever it holds one.

    A plain `nn.Sequential` is none, for it adds nothing to what it was given: it is a block's branch, or a stage.
    """

    def __init__(self, model: nn.Module | None) -> None:
        self._model = model
        self._lists: dict[nn.Module, dict[nn.Module, nn.Module]] = {}
        self._known: set[nn.Module] = set()

    def of(self, caller: Frame | None) -> Frame | None:
        """The block that an attention call lies in: the innermost member of a list that runs.

        What calls is one itself only where no other runs around it: a block may hold a list of attentions, and a block may
        compute attention in its own forward. None where the call lies in none.
        """
        chain = [] if caller is None else caller.chain
        for frame in (*chain[-2::-1], *chain[-1:]):
            if (held_by := self._list_of(frame)) is not None:
                self._known.add(held_by)
                return frame
        return None

    def around(self, frame: Frame) -> bool:
        """Whether a call lies inside a member of a list that has held a block."""
        return any(self._list_of(each) in self._known for each in frame.chain[:-1])

    def _list_of(self, frame: Frame) -> nn.Module | None:
        root = frame.chain[0].module if self._model is None else self._model
        if root not in self._lists:
            self._lists[root] = {
                member: holder
                for holder in root.modules()
                if isinstance(holder, nn.ModuleList | nn.Sequential)
                for member in holder
                if type(member) is not nn.Sequential
            }
        return self._lists[root].get(frame.module)
