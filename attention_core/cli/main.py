"""`regard`, also called as `python -m attention_core`: what the core can do from a terminal."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from attention_core.analysis.rollout import FUSIONS
from attention_core.cli import atlas
from attention_core.cli.features import add_words, features_of
from attention_core.cli.heads import add_words as add_words_of_heads
from attention_core.cli.heads import heads_of, in_words
from attention_core.cli.maps import map_of, model_of, through_layers_of
from attention_core.export.attention_map import MAP_FORMATS, PLAIN
from attention_core.export.colour_maps import COLOUR_MAPS, SCALES
from attention_core.export.figure import PICTURE_SIDE, SIZES
from attention_core.export.map_methods import MAP_METHODS, MapMethod
from attention_core.export.view_settings import COMBINE, DEFAULT_VIEW, DIRECTIONS
from attention_core.models import WeightsError, available_models, registered_models
from attention_core.models.placement import DEVICES, DTYPES
from attention_core.models.weights import fetch
from attention_core.settings import listed

Arguments = argparse.Namespace
INTERRUPTED: Final = 130
"""As shells have it: 128 and the number of the signal."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns 0, or 1 after one sentence on stderr, or 130 where it is interrupted. A wrong command line exits
    with 2, as argparse does.
    """
    asked = _parser().parse_args(arguments)
    try:
        _COMMANDS[asked.command](asked)
        sys.stdout.flush()
    except KeyboardInterrupt:
        kept = "what is done is kept. Run the same again to go on." if asked.command == "atlas" else "nothing was written."
        sys.stderr.write(f"Interrupted; {kept}\n")
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (WeightsError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=_called_as(), description="What attention does in a picture, from a terminal.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("weights", help="fetch the trained weights, check them, and keep them as safetensors")
    commands.add_parser("settings", help="what whoever runs the app may set, as environment variables")
    models = commands.add_parser("models", help="what can be looked into")
    info = commands.add_parser("info", help="what is known of one model")
    info.add_argument("model")
    one = commands.add_parser("map", help="what one patch of a picture looks at, in one layer")
    through = [_add_method(commands.add_parser(name, help=method.help), method) for name, method in MAP_METHODS.items()]
    features = commands.add_parser("features", help="what each patch of many pictures is, in one layer, as one file")
    add_words(features)
    heads = commands.add_parser("heads", help="all heads ranked: what each writes, how far it looks, what is lost without it")
    add_words_of_heads(heads)
    many = commands.add_parser("atlas", help="every head over a folder of pictures, as Parquet")
    atlas.add_words(many)
    for command in (one, *through):
        _add_drawing(command)
    for command in (one, *through, features, heads, many):
        _add_model(command)
    one.add_argument("--layer", type=int, default=-1, help="from 0, or from the end with -1, -2, …; the last without it")
    one.add_argument("--head", type=int, action="append", help="once or more; all without it")
    _add_view(one)
    for command in (info, one, *through, features, heads, many):
        command.add_argument("--patch-size", type=int, help="pixels; resamples what was learned on another size")
        command.add_argument("--stride", type=int, help="pixels from patch to patch; less than their size makes them overlap")
        command.add_argument("--device", default="auto", help=f"{', '.join(DEVICES)}; auto, the fastest there is, without it")
        command.add_argument("--dtype", default=DTYPES[0], choices=DTYPES, help=f"it computes in; {DTYPES[0]} without it")
        command.add_argument("--checkpoint", type=Path, help="a .safetensors file of your own for that architecture")
    for command in (models, info, one, *through, features, heads, many):
        command.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return parser


def _add_method(command: argparse.ArgumentParser, method: MapMethod) -> argparse.ArgumentParser:
    """Add the settings that the method takes, and return its command."""
    if "fusion" in method.settings:
        command.add_argument("--fusion", default="mean", choices=FUSIONS, help="how heads are fused; mean without it")
    if "residual" in method.settings:
        command.add_argument(
            "--residual", type=float, default=0.5, help="the share of a token that stays itself; 0.5 without it"
        )
    if "discard" in method.settings:
        command.add_argument("--discard", type=float, default=0.0, help="the share of smallest weights left out; 0 without it")
    return command


def _add_drawing(command: argparse.ArgumentParser) -> None:
    """Add what `map` and maps through all layers share."""
    command.add_argument("image", help="a file, or - for what comes in on stdin")
    command.add_argument(
        "--query",
        default="",
        metavar="ROW,COL",
        help="the patch that asks, or a token such as CLS; the middle without it",
    )
    command.add_argument("--out", type=Path, help=f"a file that ends in .{', .'.join(MAP_FORMATS)} or, for map, .html")
    opacity, scale, colours = DEFAULT_VIEW.opacity, DEFAULT_VIEW.scale, DEFAULT_VIEW.colour_map
    command.add_argument("--opacity", type=_share, default=opacity, help=f"of the map, 0 to 1; {opacity} without it")
    command.add_argument(
        "--scale",
        default=scale,
        choices=SCALES,
        help=f"balanced: at most a tenth of the weight lies above it; robust ends at the 99.5th percentile; default: {scale}",
    )
    command.add_argument("--colour-map", default=colours, choices=COLOUR_MAPS, help=f"{colours} without it")
    _add_figure(command)


def _add_model(command: argparse.ArgumentParser) -> None:
    first = available_models()[0].name
    command.add_argument("--model", default=first, help=f"as `models` lists them, or any other name; {first} without it")
    command.add_argument("--across", type=int, help="patches along the longer side; as many as were learned without it")


def _add_figure(command: argparse.ArgumentParser) -> None:
    """Add what a drawing has besides its map. Files of arrays and numbers ignore it."""
    command.add_argument(
        "--size",
        type=int,
        default=PLAIN.size,
        choices=SIZES,
        help=f"of a drawing; at {PLAIN.size}, as without it, the picture is up to {PICTURE_SIDE} pixels long, at 2 and 4 "
        "twice and four times that",
    )
    command.add_argument("--colour-bar", action="store_true", help="draw the colours and their numbers below the picture")
    command.add_argument("--caption", action="store_true", help="write below it what is shown: query, model, layer, heads, …")
    command.add_argument("--no-box", dest="box", action="store_false", help="leave out the box around the query patch")


def _add_view(command: argparse.ArgumentParser) -> None:
    """Add what a map of one layer can show, and one through all layers cannot."""
    combine, direction, temperature = DEFAULT_VIEW.combine, DEFAULT_VIEW.direction, DEFAULT_VIEW.temperature
    command.add_argument("--combine", default=combine, choices=COMBINE, help=f"of the heads; {combine} without it")
    command.add_argument(
        "--direction",
        default=direction,
        choices=DIRECTIONS,
        help=f"outgoing, what the query looks at, or incoming, what looks at it; {direction} without it",
    )
    command.add_argument(
        "--temperature",
        type=_above_0,
        default=temperature,
        help=f"the scores are divided by it before the softmax; {temperature:g} without it",
    )


def _called_as() -> str:
    name = Path(sys.argv[0]).name
    return "python -m attention_core" if name == "__main__.py" else Path(name).stem


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 1, received {text}")
    return share


def _above_0(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number above 0, received {text}")
    return number


def _weights(_asked: Arguments) -> None:
    fetch(lambda sentence: print(sentence, flush=True))  # noqa: T201 (this is the terminal)


def _models(asked: Arguments) -> None:
    cards = [info.card for info in registered_models() if info.card is not None]
    if asked.json:
        return _say([asdict(card) for card in cards])
    lines = [f"{card.name:<30}{card.title:<30}{card.parameters / 1e6:7.1f} M  {card.licence}" for card in cards]
    return _say("\n".join([*lines, "Any name of timm's, hf-hub:owner/name and owner/name (transformers) work too."]))


def _info(asked: Arguments) -> None:
    model = model_of(asked)
    facts = {
        "name": model.name,
        "title": model.title,
        "parameters": sum(parameter.numel() for parameter in model.module.parameters()),
        "patch_size": model.patch_size,
        "default_across": model.default_across,
        "prefix_tokens": list(model.prefix_tokens),
        "mean": list(model.mean),
        "std": list(model.std),
        "source": model.source,
        "licence": model.licence,
        "runs_on": model.placement,
    }
    _say(facts if asked.json else "\n".join(f"{name:<16}{value}" for name, value in facts.items()))


def _map(asked: Arguments) -> None:
    _report(asked, map_of(asked))


def _through_layers(asked: Arguments) -> None:
    _report(asked, through_layers_of(asked))


def _features(asked: Arguments) -> None:
    facts = features_of(asked)
    left_out = f" ({len(facts['left_out'])} left out)" if facts["left_out"] else ""
    said = f"pictures: {facts['pictures']}{left_out}; {facts['kind']} of layer {facts['layer']}, {facts['width']} wide"
    _say(facts if asked.json else f"{said}\nwritten: {facts['out']}")


def _heads(asked: Arguments) -> None:
    facts = heads_of(asked)
    _say(facts if asked.json else in_words(facts))


def _atlas(asked: Arguments) -> None:
    facts = atlas.atlas_of(asked)
    _say(facts if asked.json else atlas.in_words(facts))


def _report(asked: Arguments, facts: dict[str, Any]) -> None:
    if asked.json:
        return _say(facts)
    top = "\n".join(f"{at + 1}  row {row}, column {col}: {weight:.6f}" for at, (row, col, weight) in enumerate(facts["top"]))
    prefix = "".join(f"\n{name}: {weight:.6f}" for name, weight in facts["prefix"].items())
    written = f"\nwritten: {facts['out']}" if facts["out"] else ""
    return _say(f"{facts['title']}\n{top}{prefix}{written}")


def _say(what: object) -> None:
    print(what if isinstance(what, str) else json.dumps(what))  # noqa: T201 (this is the terminal)


def _settings(_asked: Arguments) -> None:
    _say("\n".join(f"{variable}={value}  # {about}" for variable, value, about in listed()))


_COMMANDS: dict[str, Callable[[Arguments], None]] = {
    "weights": _weights,
    "models": _models,
    "info": _info,
    "map": _map,
    **dict.fromkeys(MAP_METHODS, _through_layers),
    "features": _features,
    "heads": _heads,
    "atlas": _atlas,
    "settings": _settings,
}
