"""What every head does over many pictures: measured into tables (`measure`) or a folder (`build`), and read from there."""

from attention_core.atlas.comparing import compare
from attention_core.atlas.job import build
from attention_core.atlas.manifest import AtlasError, Manifest, read_manifest
from attention_core.atlas.measure import mean_patterns, measure
from attention_core.atlas.patterns import MeanPatterns
from attention_core.atlas.plan import Settings
from attention_core.atlas.reading import Atlas
from attention_core.atlas.sources import find_source

__all__ = [
    "Atlas",
    "AtlasError",
    "Manifest",
    "MeanPatterns",
    "Settings",
    "build",
    "compare",
    "find_source",
    "mean_patterns",
    "measure",
    "read_manifest",
]
