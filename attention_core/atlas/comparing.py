"""Two atlases side by side: by how much every head differs, and how large that is beside how much pictures differ.

Where both have pictures of the same names these are paired, and the effect size is Cohen's d_z (Cohen 1988, section 2.3.5): the
mean of the differences over their standard deviation. Else it is Hedges' g (Hedges 1981): the difference of the means over the
pooled standard deviation, less what few pictures make it too large by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from attention_core.atlas.bootstrap import MOST_GROUPS, SEED, Groups, interval
from attention_core.atlas.labels import EVERY, Only, only_these
from attention_core.atlas.querying import ask, connect
from attention_core.atlas.reading import APART, Atlas, grouped

FEWEST: Final = 2
"""Pictures that both must have to be paired."""


@dataclass(frozen=True)
class Comparison:
    """The other atlas less this one, of heads that both have, each (L, H) with NaN where there are too few pictures: the
    difference of means, the ends of its 95 % interval (bootstrap.py), the effect size, the other's mean, and how many count.

    paired: whether pictures are. pictures: how many are, or (of this, of the other) where none are.
    """

    difference: np.ndarray
    low: np.ndarray
    high: np.ndarray
    effect: np.ndarray
    other: np.ndarray
    count: np.ndarray
    paired: bool
    pictures: tuple[int, int]

    @property
    def effect_name(self) -> str:
        return "Cohen’s d_z" if self.paired else "Hedges’ g"

    @property
    def says(self) -> str:
        """How they were compared, in a sentence."""
        if self.paired:
            return f"Paired over the {self.pictures[0]:,} pictures that both have by name; effect size: {self.effect_name}."
        here, there = self.pictures
        return f"They share too few pictures to pair: {here:,} here against {there:,} there; effect size: {self.effect_name}."


def compare(
    one: Atlas, other: Atlas, measure: str, only: Only = EVERY, on_layer: Callable[[int, int], None] | None = None
) -> Comparison:
    """The measure of every head in the other atlas against this one.

    Args:
        only: which pictures, by their names; where none are paired, of this atlas alone.
        on_layer: told after each layer how many are done, of how many.

    Raises:
        AtlasError: if one of the two lacks the measure.
    """
    files = {"one": one.columns.shards_with(measure), "other": other.columns.shards_with(measure)}
    shared = _shared(one, other, only, files)
    if shared < FEWEST:
        return _unpaired(one, other, measure, only)
    layers, heads = shape = common_shape(one, other)
    parts = []
    connection = connect([*one.shards, *other.shards, *([only.labels.file] if only.labels else [])])
    where, values = only_these(only)
    given = {**files, "apart": APART if shared <= MOST_GROUPS else MOST_GROUPS, **values}
    for layer in range(layers):  # a layer at a time, so that what is joined stays small
        parts.append(ask(connection, _joined(measure, where), given | {"layer": layer, "heads": heads}))
        if on_layer is not None:
            on_layer(layer + 1, layers)
    found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    differences = grouped(found, shape)
    theirs = grouped(found | {"s": found["s2"], "q": found["q2"]}, shape)
    low, high = differences.interval()
    mean, deviation = differences.mean, differences.deviation
    effect = np.divide(mean, deviation, out=np.full(shape, np.nan), where=deviation > 0)
    return Comparison(mean, low, high, effect, theirs.mean, differences.count.astype(int), True, (shared, shared))


def common_shape(one: Atlas, other: Atlas) -> tuple[int, int]:
    """Layers, and heads of a layer, that both have."""
    layers, heads = (min(sizes) for sizes in zip(one.shape, other.shape, strict=True))
    return layers, heads


def _joined(measure: str, where: str) -> str:
    """Of one layer, grouped by picture or by a hash of its name: the differences, and the other's own."""
    of_layer = f"WHERE layer = $layer AND head >= 0 AND head < $heads AND isfinite({measure})"
    differences = f"b.{measure}::DOUBLE - a.{measure}"
    return (
        f"SELECT hash(picture) % $apart::UBIGINT AS g, $layer AS layer, head, sum({differences}) AS s,"  # noqa: S608 (checked against NAMES)
        f" sum(({differences}) * ({differences})) AS q, sum(b.{measure}::DOUBLE) AS s2,"
        f" sum(b.{measure}::DOUBLE * b.{measure}) AS q2, count(*) AS n"
        f" FROM (SELECT picture, head, {measure} FROM read_parquet($one) {of_layer} AND {where}) AS a"
        f" JOIN (SELECT picture, head, {measure} FROM read_parquet($other) {of_layer}) AS b USING (picture, head) GROUP BY ALL"
    )


def _shared(one: Atlas, other: Atlas, only: Only, files: dict[str, list[str]]) -> int:
    connection = connect([*one.shards, *other.shards, *([only.labels.file] if only.labels else [])])
    where, values = only_these(only)
    of = "SELECT DISTINCT picture FROM read_parquet({}) WHERE layer = 0 AND head = 0"
    query = f"SELECT count(*) AS n FROM ({of.format('$one')} AND {where}) JOIN ({of.format('$other')}) USING (picture)"  # noqa: S608
    given: dict[str, Any] = {**files, **values}
    return int(ask(connection, query, given)["n"][0])


def _unpaired(one: Atlas, other: Atlas, measure: str, only: Only) -> Comparison:
    shape = common_shape(one, other)
    here = _cut(one.groups(measure, only), shape)
    there = _cut(other.groups(measure), shape)
    both = np.minimum(here.count, there.count)
    low, high = interval(there.resampled(SEED + 1) - here.resampled(SEED), both)
    difference = there.mean - here.mean
    first, second = here.count, there.count
    freedom = first + second - 2
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = np.sqrt(((first - 1) * here.deviation**2 + (second - 1) * there.deviation**2) / freedom)
        effect = np.where((both > 1) & (pooled > 0), difference / pooled * (1 - 3 / (4 * freedom - 1)), np.nan)
    count = both.astype(int)
    return Comparison(difference, low, high, effect, there.mean, count, False, (one.count(only), other.pictures_there))


def _cut(groups: Groups, shape: tuple[int, int]) -> Groups:
    layers, heads = shape
    return Groups(*(array[:, :layers, :heads] for array in (groups.sums, groups.squares, groups.counts)))
