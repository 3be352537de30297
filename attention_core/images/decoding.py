"""Opening an image in whatever form it comes. The only place in Regard in which bytes from outside are decoded."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError
from torch import Tensor

from attention_core.images.arrays import image_of
from attention_core.images.greys import is_deep_grey, range_note, to_8_bits
from attention_core.images.image_error import ImageError
from attention_core.images.strips import strips
from attention_core.settings import settings

ACCEPTED_FORMATS: Final = ("PNG", "JPEG", "WebP", "GIF", "BMP", "TIFF", "AVIF", "HEIC")
MIN_SIDE: Final = 16
"""Pixels."""
MAX_ASPECT: Final = 8
"""Longer side over shorter side."""
JPEG_QUALITY: Final = 90
WORKING_SIDE: Final = 2048
"""Pixels: a larger picture is reduced to this on its longer side; no model here looks at more."""

_OWN_FORMATS: Final = tuple(name.upper() for name in ACCEPTED_FORMATS if name != "HEIC")
"""Those that Pillow reads by itself."""


ImageSource = str | os.PathLike[str] | bytes | BinaryIO | Image.Image | np.ndarray | Tensor
"""What `load_image` takes."""


def as_jpeg(image: Image.Image) -> bytes:
    """The image as a file for a browser."""
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()


def load_image(source: ImageSource) -> Image.Image:
    """Decode an image into an upright RGB picture of at most WORKING_SIDE pixels a side.

    The orientation is applied, a colour profile is converted to sRGB, transparency is composited on white, 16-bit and
    floating-point greys are scaled to 8 bits by the range they use, and an animation gives its first frame. What the file is
    called plays no part.

    Args:
        source: a path, a file's bytes, a file opened in binary mode, a PIL image, or a NumPy array or torch tensor, uint8 or
            floating from 0 to 1: (H, W), (H, W, 3), (H, W, 4), and for tensors (3, H, W).

    Raises:
        ImageError: in one sentence that says what is accepted.
    """
    if isinstance(source, Image.Image):
        return _prepared(source)
    if isinstance(source, np.ndarray | Tensor):
        return _prepared(image_of(source))
    data = _bytes_of(source)
    if not data:
        raise ImageError(f"The file is empty; accepted are {_what_works()}.")
    require_bytes(len(data))
    return _prepared(data)


def load_images(source: ImageSource | Sequence[ImageSource]) -> list[Image.Image]:
    """One image, or each of a list or tuple, as `load_image` does. Raises ImageError where there is none."""
    if not isinstance(source, list | tuple):
        return [load_image(source)]  # type: ignore[arg-type]
    if not source:
        raise ImageError("Expected at least one image, received an empty list.")
    return [load_image(each) for each in source]


def note_on(data: bytes) -> str:
    """What of an accepted file is shown otherwise than it is stored, as sentences for its reader; "" where nothing is."""
    notes = ["Animated: its first frame is shown."] if is_animated(data) else []
    with _opened(data) as image:
        if is_deep_grey(image):
            notes.append(range_note(image))
    return " ".join(filter(None, notes))


def is_animated(data: bytes) -> bool:
    """Whether an accepted file holds more than the one frame that `load_image` returns; False where those are damaged."""
    try:
        with _opened(data) as image:
            return image.format not in ("MPO", "TIFF", "HEIF") and getattr(image, "n_frames", 1) > 1
    except Exception:  # noqa: BLE001 (decoders raise OSError, IndexError, struct.error, … on frames that are cut short)
        return False


def _bytes_of(source: str | os.PathLike[str] | bytes | BinaryIO) -> bytes:
    """Raises ImageError where they are more than are accepted, without reading more."""
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source)
    try:
        if isinstance(source, str | os.PathLike):
            require_bytes(Path(source).stat().st_size)
            with Path(source).open("rb") as file:
                return _read(file)
        if hasattr(source, "read"):
            return _read(source)
    except (OSError, ValueError) as error:  # ValueError: a null character in the path, or a file that is closed
        if isinstance(error, ImageError):
            raise
        name = Path(source).name if isinstance(source, str | os.PathLike) else getattr(source, "name", "given")
        raise ImageError(f"The file {name!r} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    raise ImageError(
        "Expected an image as a path, bytes, a file opened in binary mode, a PIL image, a NumPy array or a torch tensor, "
        f"received {type(source).__name__}."
    )


def _read(file: BinaryIO) -> bytes:
    """All there is. A pipe gives its bytes in pieces, and perhaps without end."""
    data, most = b"", settings().picture_bytes
    while piece := file.read(most + 1 - len(data)):
        if not isinstance(piece, bytes):
            raise ImageError('The file gives text, not bytes; open it in binary mode ("rb").')
        data += piece
        if len(data) > most:
            raise ImageError(f"The file has over {settings().picture_megabytes} MB; accepted are {_what_works()}.")
    return data


def _opened(data: bytes) -> Image.Image:
    """Its header is read, its pixels are not."""
    Image.init()  # all plugins, so that Pillow knows the accepted formats by name
    formats = _OWN_FORMATS
    if data[4:8] == b"ftyp":  # HEIC or AVIF: no other picture takes what pillow_heif takes to import
        from pillow_heif import register_heif_opener

        register_heif_opener()
        formats += ("HEIF",)
    return Image.open(io.BytesIO(data), formats=formats)


def _prepared(source: bytes | Image.Image) -> Image.Image:
    """Files are held to the limits of size: a picture that a program holds may have any."""
    try:
        if isinstance(source, bytes):
            with _opened(source) as image:
                _check_size(*image.size)
                picture = _plain(image)
        else:
            picture = _plain(source)
    except ImageError:
        raise
    except UnidentifiedImageError as error:
        raise ImageError(f"This is not an image Regard can read; accepted are {_what_works()}.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(f"The image unpacks to far too many pixels; accepted are {_what_works()}.") from error
    except Exception as error:  # decoders raise OSError, SyntaxError, struct.error, … on hostile bytes
        raise ImageError(f"The image is damaged or cut short; accepted are whole {_what_works()}.") from error
    picture.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.LANCZOS)
    return picture


def _plain(image: Image.Image) -> Image.Image:
    """A copy, upright and in RGB, that carries neither profile nor orientation: both are applied."""
    if _is_plain(image):
        return image.copy()
    image.draft("RGB", (WORKING_SIDE, WORKING_SIDE))  # JPEG only: decodes large photographs at a fraction
    image.load()
    picture = _to_rgb(_upright(image))
    picture.info = {}
    return picture


def _is_plain(image: Image.Image) -> bool:
    """Whether it is in memory and just that already, as what `load_image` returned: pages ask for its grid in every run."""
    return type(image) is Image.Image and image.mode == "RGB" and not image.info and not image.getexif()


def require_bytes(count: int) -> None:
    """Raises ImageError where a file of so many bytes is not accepted."""
    if count > settings().picture_bytes:
        raise ImageError(f"The file has {count / 1e6:.0f} MB; accepted are {_what_works()}.")


def _what_works() -> str:
    formats, limits = f"{', '.join(ACCEPTED_FORMATS[:-1])} or {ACCEPTED_FORMATS[-1]}", settings()
    return f"{formats} up to {limits.picture_megabytes} MB and {limits.picture_megapixels} megapixels"


def _check_size(width: int, height: int) -> None:
    size = f"The image is {width:,} × {height:,} pixels"
    if width * height > settings().picture_megapixels * 1_000_000:
        raise ImageError(f"{size}, {width * height / 1e6:.0f} megapixels; accepted are {_what_works()}.")
    if min(width, height) < MIN_SIDE:
        raise ImageError(f"{size}; accepted are images of at least {MIN_SIDE} pixels on each side.")
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise ImageError(f"{size}; accepted are images whose longer side is at most {MAX_ASPECT} times the shorter.")


def _upright(image: Image.Image) -> Image.Image:
    try:
        turned = image.getexif().get(ExifTags.Base.Orientation, 1) != 1
        return ImageOps.exif_transpose(image) if turned else image  # or it would be copied, as large as it is
    except Exception:  # noqa: BLE001 (damaged EXIF in a sound picture: shown as it lies, as browsers do)
        return image


def _to_rgb(image: Image.Image) -> Image.Image:
    if is_deep_grey(image):
        return to_8_bits(image).convert("RGB")
    picture = Image.new("RGB", image.size)
    for top, strip in strips(image):
        picture.paste(_opaque(strip), (0, top))
    return picture


def _opaque(image: Image.Image) -> Image.Image:
    colours = _to_srgb(image)
    if image.has_transparency_data:
        white = Image.new("RGB", image.size, "white")
        return Image.composite(colours, white, image.convert("RGBA").getchannel("A"))
    return colours


def _to_srgb(image: Image.Image) -> Image.Image:
    """The colours without transparency, through the embedded profile where there is a usable one."""
    if image.mode in ("L", "LA", "La", "1"):
        opaque = image.convert("L")
    else:
        opaque = image if image.mode in ("RGB", "CMYK") else image.convert("RGBA").convert("RGB")
    if profile := image.info.get("icc_profile"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(opaque, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return converted if converted is not None else opaque.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken or mismatched profile is ignored, as browsers do
    return opaque.convert("RGB")
