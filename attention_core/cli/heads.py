"""All heads of a model in numbers, ranked: what the command `heads` does."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from attention_core.cli.maps import STDIN, check_out, model_of, query_of
from attention_core.export.heads_grid import HeadCell, heads_grid
from attention_core.images.decoding import load_image
from attention_core.interventions.edits import parse_edits
from attention_core.interventions.effects import Effects, every_effect
from attention_core.interventions.head_numbers import (
    MEASURES,
    HeadNumbers,
    head_numbers,
    heads_csv,
    maps_of,
    measure_of,
    ranked,
)
from attention_core.interventions.outcome import Outcome, run
from attention_core.models import VisionModel
from attention_core.tokens.layer_on_image import LayerOnImage

TOP: Final = 10
COLUMNS: Final = tuple(measure.column("heads") for measure in MEASURES)


def add_words(command: ArgumentParser) -> None:
    """What `heads` takes besides the model."""
    command.add_argument("image", help="a file, or - for what comes in on stdin")
    command.add_argument(
        "--sort",
        default=COLUMNS[0],
        choices=COLUMNS,
        type=lambda word: {measure.name: measure.column("heads") for measure in MEASURES}.get(word, word),
        help=f"{_measures_said()}; {COLUMNS[0]} without it",
    )
    command.add_argument("--csv", type=Path, help="a file that ends in .csv, for all numbers of all heads")
    command.add_argument("--out", type=Path, help="a file that ends in .png, for the maps of all heads in that order")
    command.add_argument(
        "--query",
        default="",
        metavar="ROW,COL",
        help="the patch whose maps are drawn, or a token such as CLS; the middle without it",
    )
    command.add_argument(
        "--edits",
        default="",
        help="changes that are made first: layer.heads:change, such as '6.3:off;6.*:even;10.0+2:t0.5;8.1:in3,4,5,6'",
    )


def heads_of(asked: Namespace) -> dict[str, Any]:
    """Run `heads`: write the files that were asked for, and return what is in them.

    Raises ValueError, OSError or WeightsError.
    """
    check_out(asked.out, ("png",))
    check_out(asked.csv, ("csv",), "--csv")
    edits = parse_edits(asked.edits)
    picture = load_image(sys.stdin.buffer if asked.image == STDIN else asked.image)
    model = model_of(asked)
    outcome = run(model, picture, asked.across)
    outcome = run(model, picture, asked.across, edits, outcome)
    rows = head_numbers(model, outcome, _effects(model, outcome) if asked.sort == "effect" else None)
    order = ranked(rows, asked.sort)
    if asked.csv is not None:
        asked.csv.write_text(heads_csv(rows), encoding="utf-8")
    if asked.out is not None:
        asked.out.write_bytes(_drawn(asked, model, outcome, order))
    return {
        "model": model.name,
        "sort": asked.sort,
        "grid": [outcome.grid.rows, outcome.grid.cols],
        "heads": [row.columns() for row in order],
        "written": [str(path) for path in (asked.csv, asked.out) if path is not None],
    }


def in_words(facts: dict[str, Any]) -> str:
    """The first of the ranking, a line each."""
    sort = facts["sort"]
    lines = [f"layer {row['layer']}, head {row['head']}: {sort} {row[sort]:.6g}" for row in facts["heads"][:TOP]]
    return "\n".join([*lines, *(f"written: {path}" for path in facts["written"])])


def _measures_said() -> str:
    """For the help, in which a % would begin a format."""
    return "; ".join(f"{measure.column('heads')}: {measure.in_short}" for measure in MEASURES).replace("%", "%%")


def _effects(model: VisionModel, outcome: Outcome) -> Effects:
    total = sum(layer.num_heads for layer in outcome.record.layers)
    with tqdm(desc=f"{model.title}: heads", total=total, unit="", disable=None, leave=False) as bar:
        return every_effect(model, outcome, on_done=lambda done, _: bar.update(done - bar.n))


def _drawn(asked: Namespace, model: VisionModel, outcome: Outcome, order: list[HeadNumbers]) -> bytes:
    def token(layer: LayerOnImage) -> int:
        query = query_of(asked.query, outcome.grid, model.prefix_tokens[: layer.prefix])
        if isinstance(query, int):
            return query
        step = layer.grid.patch_size // outcome.grid.patch_size
        return layer.prefix + layer.grid.index(query[0] // step, query[1] // step)

    maps = maps_of(model, outcome, token)
    names = [f"L{row.layer} H{row.head}" for row in order]
    cells = [
        HeadCell(name, row.numbers[measure_of(asked.sort).name], maps.get((row.layer, row.head)))
        for name, row in zip(names, order, strict=True)
    ]
    where = asked.query or "the patch in the middle"
    return heads_grid(cells, f"{model.title}: heads by {asked.sort}; each map is what {where} looks at")
