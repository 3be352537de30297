"""Every head over pictures that a program has at hand, as tables: the rows of an atlas without its folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from attention_core.atlas import means as sampling
from attention_core.atlas.filling import Failure, Named, batches
from attention_core.atlas.measuring import Measurer
from attention_core.atlas.patterns import MeanPatterns
from attention_core.atlas.tables import rows_of
from attention_core.images.decoding import ImageSource
from attention_core.images.image_error import ImageError
from attention_core.models import VisionModel

if TYPE_CHECKING:
    import pyarrow as pa

Images = Iterable[ImageSource | tuple[str, ImageSource]]


def measure(
    images: Images,
    model: VisionModel,
    *,
    across: int | None = None,
    batch_size: int = 16,
    means: MeanPatterns | None = None,
    cls_map: bool = False,
    on_failure: Callable[[str, str], None] | None = None,
) -> Iterator[pa.Table]:
    """A table for each batch: a row for each picture, layer and head, with the columns of `columns.schema`.

    Pictures are read as they are needed, and a few batches of them are in memory at a time. Those of one batch lie on one grid,
    so that their order is that of the batches.

    Args:
        images: whatever `load_image` takes, alone or with a name; a path is its own name, all others are numbered.
        model: which looks at them.
        across: patches along the longer side; the model's own number without it.
        batch_size: pictures in one pass.
        means: of the heads' patterns (`mean_patterns`), for the column `similarity`, which is null without them.
        cls_map: whether there is a column with what CLS gives to each patch.
        on_failure: told the name of a picture that cannot be read, and why; it is passed over.

    Raises:
        ImageError: where a picture cannot be read, and `on_failure` is not given.
        ValueError: where `across` is out of range, or the model's attention cannot be seen.
    """
    measurer = Measurer(model, means, cls_map)
    about = {"model": model.name, "title": model.title}
    for found in batches(_named(images), model, across, batch_size):
        if not isinstance(found, Failure):
            yield rows_of(found.names, measurer(found.pictures, found.grid), about, cls_map)
        elif on_failure is None:
            raise ImageError(f"{found.picture}: {found.reason}")
        else:
            on_failure(found.picture, found.reason)


def mean_patterns(images: Images, model: VisionModel, *, across: int | None = None, batch_size: int = 16) -> MeanPatterns:
    """The mean pattern of every head over the first pictures that can be read, at most `means.SAMPLE`.

    Raises ValueError where none can.
    """
    return sampling.mean_patterns(_named(images), Measurer(model, patterns=True), across, batch_size)


def _named(images: Images) -> Iterator[Named]:
    for number, image in enumerate(images):
        if isinstance(image, tuple):
            yield image
        else:
            yield os.fspath(image) if isinstance(image, str | os.PathLike) else str(number), image
