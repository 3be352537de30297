import io
import re
import struct
import sys
import warnings
import zlib
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms
from pillow_heif import from_bytes, register_heif_opener

from attention_core import ImageError, load_image
from attention_core.images.decoding import ACCEPTED_FORMATS, WORKING_SIDE, is_animated, note_on
from attention_core.settings import Settings

LOSSLESS = {"PNG": {}, "WebP": {"lossless": True}, "GIF": {}, "BMP": {}, "TIFF": {}}
LOSSY = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "AVIF": {"quality": 95, "subsampling": "4:4:4"},
    "HEIC": {"quality": 95, "chroma": 444},
}
LIMITS = "PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF or HEIC up to 25 MB and 50 megapixels"
register_heif_opener()


def encoded(image: Image.Image, file_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "HEIF" if file_format == "HEIC" else file_format, **options)
    return buffer.getvalue()


def four_colours(height: int = 32, width: int = 48) -> np.ndarray:
    """Return (height, width, 3) with red, green, blue and yellow quarters. Every flip and every rotation of it is different."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (255, 0, 0)
    pixels[: height // 2, width // 2 :] = (0, 255, 0)
    pixels[height // 2 :, : width // 2] = (0, 0, 255)
    pixels[height // 2 :, width // 2 :] = (255, 255, 0)
    return pixels


def noise(height: int = 24, width: int = 40) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8))


def loaded(data: bytes) -> np.ndarray:
    picture = load_image(data)
    assert picture.mode == "RGB"
    return np.asarray(picture).astype(int)


def assert_close(actual: np.ndarray, expected: np.ndarray, tolerance: int) -> None:
    assert actual.shape == expected.shape
    assert np.abs(actual.astype(int) - expected.astype(int)).max() <= tolerance


def refusal(source: bytes | str | Path) -> str:
    with pytest.raises(ImageError) as caught:
        load_image(source)
    message = str(caught.value)
    assert message.endswith(".") and ". " not in message and "\n" not in message
    return message


def png_claiming(width: int, height: int) -> bytes:
    """Return a well-formed PNG of under 100 bytes whose header claims these sizes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def red_green_swapping_profile() -> bytes:
    """Return sRGB with its red and green primaries swapped in the tag table, so that its red looks green."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"?XYZ", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"?XYZ", b"gXYZ", 1)


def exif_with_orientation(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def test_the_tests_know_every_accepted_format() -> None:
    assert sorted({*LOSSLESS, *LOSSY}) == sorted(ACCEPTED_FORMATS)


@pytest.mark.parametrize("file_format", LOSSLESS)
def test_lossless_formats_return_the_same_pixels(file_format: str) -> None:
    data = encoded(Image.fromarray(four_colours()), file_format, **LOSSLESS[file_format])
    assert_close(loaded(data), four_colours(), 0)


@pytest.mark.parametrize("file_format", LOSSY)
def test_lossy_formats_come_close(file_format: str) -> None:
    data = encoded(Image.fromarray(four_colours()), file_format, **LOSSY[file_format])
    assert_close(loaded(data), four_colours(), 12)


def test_a_files_name_does_not_matter(tmp_path: Path) -> None:
    for name in ("picture.jpg", "picture.txt", "picture"):
        path = tmp_path / name
        path.write_bytes(encoded(Image.fromarray(four_colours()), "PNG"))
        for source in (path, str(path)):
            assert_close(np.asarray(load_image(source)), four_colours(), 0)


STORED = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: upright.swapaxes(0, 1)[::-1],
    7: lambda upright: upright.swapaxes(0, 1)[::-1, ::-1],
    8: lambda upright: upright.swapaxes(0, 1)[:, ::-1],
}
"""Pixels that a camera stores under each EXIF orientation.

For example, 6 means that row 0 is the right side and column 0 the top.
"""


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WebP", "TIFF", "HEIC"])
def test_pictures_come_out_upright(file_format: str, orientation: int) -> None:
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](four_colours())))
    options = {**LOSSLESS, **LOSSY}[file_format]
    data = encoded(stored, file_format, exif=exif_with_orientation(orientation).tobytes(), **options)
    assert_close(loaded(data), four_colours(), 12 if file_format in LOSSY else 0)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("exif", [b"Exif\0\0no tiff", b"Exif\0\0MM\0*\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff"])
@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WebP"])
def test_damaged_exif_does_not_spoil_a_good_picture(file_format: str, exif: bytes) -> None:
    options = {**LOSSLESS, **LOSSY}[file_format]
    data = encoded(Image.fromarray(four_colours()), file_format, exif=exif, **options)
    assert_close(loaded(data), four_colours(), 12)


ALPHA = np.linspace(0, 255, 48).round().astype(np.uint8)[None].repeat(32, 0)


def on_white(colour: np.ndarray) -> np.ndarray:
    alpha = ALPHA[..., None] / 255
    return np.round(colour * alpha + 255 * (1 - alpha))


@pytest.mark.parametrize("file_format", ["PNG", "WebP", "TIFF", "HEIC"])
def test_transparency_is_composited_on_white(file_format: str) -> None:
    image = Image.fromarray(np.dstack([four_colours(), ALPHA]))
    options = {"WebP": {"lossless": True, "exact": True}, "HEIC": LOSSY["HEIC"]}.get(file_format, {})
    assert_close(loaded(encoded(image, file_format, **options)), on_white(four_colours()), 12 if file_format in LOSSY else 1)


def test_grey_with_transparency_is_composited_on_white() -> None:
    grey = four_colours()[..., 0] // 2
    image = Image.merge("LA", [Image.fromarray(grey), Image.fromarray(ALPHA)])
    assert_close(loaded(encoded(image, "PNG")), on_white(np.dstack([grey] * 3)), 1)


@pytest.mark.parametrize("file_format", ["PNG", "GIF"])
def test_a_transparent_palette_entry_is_white(file_format: str) -> None:
    image = Image.new("P", (40, 24), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(1, (20, 0, 40, 24))
    actual = loaded(encoded(image, file_format, transparency=0))
    assert (actual[:, :20] == 255).all() and (actual[:, 20:] == (0, 0, 255)).all()


def test_half_transparent_palette_entries_are_composited_on_white() -> None:
    image = Image.new("P", (40, 24), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(1, (20, 0, 40, 24))
    actual = loaded(encoded(image, "PNG", transparency=bytes([255, 51])))
    assert (actual[:, :20] == (255, 0, 0)).all() and (actual[:, 20:] == (204, 204, 255)).all()


@pytest.mark.parametrize("profile", [None, ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()])
def test_a_transparent_colour_is_white_with_and_without_a_profile(profile: bytes | None) -> None:
    data = encoded(Image.fromarray(four_colours()), "PNG", transparency=(0, 0, 255), icc_profile=profile)
    expected = np.where((four_colours() == (0, 0, 255)).all(-1, keepdims=True), 255, four_colours())
    assert_close(loaded(data), expected, 1)


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF"])
def test_cmyk_becomes_rgb(file_format: str) -> None:
    inks = np.zeros((32, 48, 4), np.uint8)
    inks[:, :16] = (0, 255, 255, 0)
    inks[:, 16:32] = (255, 0, 255, 0)
    inks[:, 32:] = (0, 0, 0, 255)
    expected = np.zeros((32, 48, 3), np.uint8)
    expected[:, :16], expected[:, 16:32] = (255, 0, 0), (0, 255, 0)
    assert_close(loaded(encoded(Image.fromarray(inks, "CMYK"), file_format)), expected, 5)


RAMP = np.linspace(0, 1, 48)[None].repeat(32, 0)
GREY_RAMP = np.dstack([np.round(RAMP * 255)] * 3)


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_16_bit_greys_are_scaled(file_format: str) -> None:
    image = Image.fromarray(np.round(RAMP * 65535).astype(np.uint16))
    assert image.mode == "I;16"
    assert_close(loaded(encoded(image, file_format)), GREY_RAMP, 1)


def test_big_endian_16_bit_greys_are_scaled() -> None:
    image = Image.frombytes("I;16B", (48, 32), np.round(RAMP * 65535).astype(">u2").tobytes())
    assert_close(loaded(encoded(image, "TIFF")), GREY_RAMP, 1)


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_greys_are_scaled_by_their_own_number_of_bits(bits: int, file_format: str) -> None:
    """Cameras and microscopes with 12 bits write 16 bits, whose upper 4 are empty."""
    white = 2**bits - 1
    data = encoded(Image.fromarray(np.round(RAMP * white).astype(np.uint16)), file_format)
    assert_close(loaded(data), GREY_RAMP, 1)
    assert note_on(data) == ("" if bits == 16 else f"Its greys use {bits} bits: {white:,} is shown as white.")


@pytest.mark.parametrize(("largest", "white"), [(3, 255), (256, 1023), (3000, 4095), (4096, 16_383)])
def test_a_picture_that_is_dark_for_its_bits_stays_dark(largest: int, white: int) -> None:
    image = Image.fromarray(np.round(RAMP * largest).astype(np.uint16))
    assert_close(loaded(encoded(image, "PNG")), np.round(GREY_RAMP * largest / white), 1)


def test_a_note_names_what_is_shown_differently() -> None:
    floats, integers = (RAMP * 2).astype(np.float32), np.round(-5 + RAMP * 1_000_000).astype(np.int32)
    says = "Its greys go from {} to {}: these are shown as black and white."
    assert note_on(encoded(Image.fromarray(floats), "TIFF")) == says.format(0, 2)
    assert note_on(encoded(Image.fromarray(integers), "TIFF")) == says.format(-5, "999,995")
    assert note_on(encoded(Image.fromarray(RAMP.astype(np.float32)), "TIFF")) == ""
    assert note_on(frames("GIF", duration=100)) == "Animated: its first frame is shown."


@pytest.mark.parametrize("file_format", ACCEPTED_FORMATS)
def test_a_plain_picture_has_no_note(file_format: str) -> None:
    assert note_on(encoded(noise(), file_format)) == ""


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-3.0, 5.0), (0.0, 1000.0)])
def test_floating_point_greys_are_scaled(low: float, high: float) -> None:
    image = Image.fromarray((low + RAMP * (high - low)).astype(np.float32))
    assert_close(loaded(encoded(image, "TIFF")), GREY_RAMP, 1)


def test_a_nan_pixel_changes_no_other() -> None:
    values = RAMP.astype(np.float32)
    values[3, 5] = np.nan
    expected = GREY_RAMP.copy()
    expected[3, 5] = 0
    assert_close(loaded(encoded(Image.fromarray(values), "TIFF")), expected, 1)


def test_32_bit_integers_beyond_16_bits_take_their_own_range() -> None:
    image = Image.fromarray(np.round(-5 + RAMP * 1_000_000).astype(np.int32))
    assert_close(loaded(encoded(image, "TIFF")), GREY_RAMP, 1)


@pytest.mark.parametrize("value", [0.25, -3.0, 7e4, np.nan, np.inf])
def test_a_flat_floating_point_picture_is_flat(value: float) -> None:
    actual = loaded(encoded(Image.fromarray(np.full((24, 40), value, np.float32)), "TIFF"))
    assert actual.shape == (24, 40, 3) and np.ptp(actual) == 0


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "BMP"])
def test_one_bit_is_black_and_white(file_format: str) -> None:
    image = Image.fromarray(RAMP > 0.5)
    assert image.mode == "1"
    assert_close(loaded(encoded(image, file_format)), np.dstack([(RAMP > 0.5) * 255] * 3), 0)


RED_AND_GREEN_EXCHANGED = four_colours()[..., [1, 0, 2]]


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WebP", "TIFF", "AVIF", "HEIC"])
def test_an_embedded_profile_is_converted_to_srgb(file_format: str) -> None:
    options = {**LOSSLESS, **LOSSY}[file_format]
    data = encoded(Image.fromarray(four_colours()), file_format, icc_profile=red_green_swapping_profile(), **options)
    assert_close(loaded(data), RED_AND_GREEN_EXCHANGED, 15)


def test_a_palettes_profile_is_converted_to_srgb() -> None:
    image = Image.fromarray(four_colours()).quantize(4)
    data = encoded(image, "PNG", icc_profile=red_green_swapping_profile())
    assert_close(loaded(data), RED_AND_GREEN_EXCHANGED, 2)


def test_a_profile_and_transparency_go_together() -> None:
    image = Image.fromarray(np.dstack([four_colours(), ALPHA]))
    data = encoded(image, "PNG", icc_profile=red_green_swapping_profile())
    assert_close(loaded(data), on_white(RED_AND_GREEN_EXCHANGED), 2)


@pytest.mark.parametrize("profile", [b"not a profile", red_green_swapping_profile()[:200], bytes(128)])
@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "TIFF"])
def test_a_broken_profile_is_ignored(file_format: str, profile: bytes) -> None:
    options = {**LOSSLESS, **LOSSY}[file_format]
    data = encoded(Image.fromarray(four_colours()), file_format, icc_profile=profile, **options)
    assert_close(loaded(data), four_colours(), 12)


def test_a_profile_of_another_colour_space_is_ignored() -> None:
    grey = Image.fromarray(four_colours()[..., 0])
    data = encoded(grey, "PNG", icc_profile=red_green_swapping_profile())
    assert_close(loaded(data), np.dstack([four_colours()[..., 0]] * 3), 0)


RED_FRAME = np.full((24, 40, 3), (255, 0, 0))


def frames(file_format: str, **options: object) -> bytes:
    """Return a red, a blue and a green picture in one file."""
    first, *others = (Image.new("RGB", (40, 24), colour) for colour in ("red", "blue", "lime"))
    return encoded(first, file_format, save_all=True, append_images=others, **options)


@pytest.mark.parametrize("file_format", ["GIF", "WebP", "PNG"])
def test_an_animation_gives_its_first_frame(file_format: str) -> None:
    data = frames(file_format, duration=100, **({"lossless": True} if file_format == "WebP" else {}))
    assert is_animated(data)
    assert_close(loaded(data), RED_FRAME, 0)


@pytest.mark.parametrize("file_format", ACCEPTED_FORMATS)
def test_a_single_picture_is_not_animated(file_format: str) -> None:
    assert not is_animated(encoded(noise(), file_format))


@pytest.mark.parametrize("file_format", ["TIFF", "MPO", "HEIC"])
def test_pages_are_not_an_animation(file_format: str) -> None:
    data = frames(file_format)
    assert not is_animated(data)
    assert_close(loaded(data), RED_FRAME, 2)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "HEIC"])
def test_a_large_picture_is_reduced_to_the_working_size(file_format: str) -> None:
    options = {"PNG": {"compress_level": 1}, "JPEG": {"quality": 90}, "HEIC": {"tile_size": 512}}[file_format]
    data = encoded(Image.fromarray(four_colours(2000, 3000)), file_format, **options)
    actual = load_image(data)
    assert actual.size == (WORKING_SIDE, round(WORKING_SIDE * 2 / 3)) == (2048, 1365)
    corners = np.asarray(actual.resize((48, 32)))[[8, 8, 24, 24], [12, 36, 12, 36]]
    assert_close(corners, four_colours()[[8, 8, 24, 24], [12, 36, 12, 36]], 5)


def test_a_large_jpeg_turned_by_exif_is_reduced_upright() -> None:
    stored = Image.fromarray(np.ascontiguousarray(STORED[6](four_colours(2400, 3600))))
    actual = load_image(encoded(stored, "JPEG", exif=exif_with_orientation(6)))
    assert actual.size == (2048, 1365)
    assert_close(np.asarray(actual.resize((48, 32)))[8, 12], np.array([255, 0, 0]), 5)


@pytest.mark.parametrize("size", [(16, 16), (16, 128), (128, 16), (41, 17)])
def test_the_smallest_and_longest_accepted_pictures(size: tuple[int, int]) -> None:
    assert load_image(encoded(Image.new("RGB", size), "PNG")).size == size


@pytest.mark.parametrize("size", [(1, 1), (15, 40), (40, 15), (20_000, 1), (1, 20_000)])
def test_too_small_is_refused(size: tuple[int, int]) -> None:
    message = refusal(encoded(Image.new("RGB", size), "PNG"))
    assert f"{size[0]:,} × {size[1]:,} pixels" in message and "at least 16 pixels on each side" in message


@pytest.mark.parametrize("size", [(129, 16), (16, 129), (20_000, 100)])
def test_too_long_is_refused(size: tuple[int, int]) -> None:
    message = refusal(encoded(Image.new("RGB", size), "PNG"))
    assert f"{size[0]:,} × {size[1]:,} pixels" in message and "at most 8 times" in message


def test_too_many_pixels_are_refused() -> None:
    message = refusal(encoded(Image.new("1", (10_000, 6_000)), "PNG"))
    assert "10,000 × 6,000 pixels, 60 megapixels" in message and LIMITS in message


@pytest.mark.parametrize("side", [7_072, 11_000, 30_000, 2**31 - 1])
def test_a_decompression_bomb_is_refused_before_it_unpacks(side: int) -> None:
    message = refusal(png_claiming(side, side))
    assert LIMITS in message and "pixels; accepted are" in message


def heic_claiming(width: int, height: int) -> bytes:
    """Return a HEIC picture whose header claims these sizes."""
    data = encoded(noise(64, 64), "HEIC")
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", width, height) + data[at + 8 :]


@pytest.mark.parametrize("side", [7_072, 11_000, 30_000, 2**31 - 1])
def test_a_heic_of_too_many_pixels_is_refused_before_it_unpacks(side: int) -> None:
    assert LIMITS in (message := refusal(heic_claiming(side, side))) and "pixels; accepted are" in message


def test_a_heic_that_lies_about_its_size_is_damaged() -> None:
    assert "damaged" in refusal(heic_claiming(640, 480))
    assert "at least 16 pixels" in refusal(heic_claiming(8, 8))


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"msf1", b"hevc"])
def test_a_heic_is_read_whatever_its_brand_and_name(brand: bytes, tmp_path: Path) -> None:
    data = encoded(Image.fromarray(four_colours()), "HEIC", **LOSSY["HEIC"])
    path = tmp_path / "IMG_0001.jpg"
    path.write_bytes(data[:8] + brand + data[12:])
    assert_close(np.asarray(load_image(path)), four_colours(), 12)


def test_ten_bits_a_channel_become_eight() -> None:
    ramp = np.dstack([np.round(RAMP * 65535).astype(np.uint16)] * 3)
    buffer = io.BytesIO()
    from_bytes("RGB;16", (48, 32), ramp.tobytes()).save(buffer, quality=95, chroma=444)
    assert_close(loaded(buffer.getvalue()), GREY_RAMP, 4)


def test_no_bytes_are_refused() -> None:
    assert "empty" in (message := refusal(b"")) and LIMITS in message


@pytest.mark.parametrize("megabytes", [26, 200])
def test_too_many_bytes_are_refused(megabytes: int) -> None:
    message = refusal(b"\0" * (megabytes * 1_000_000))
    assert f"{megabytes} MB" in message and LIMITS in message


def test_exactly_the_limit_of_bytes_is_accepted() -> None:
    data = encoded(Image.fromarray(four_colours()), "PNG")
    padded = data + b"\0" * (Settings().picture_bytes - len(data))
    assert_close(loaded(padded), four_colours(), 0)
    refusal(padded + b"\0")


@pytest.mark.parametrize(
    "data",
    [
        b"Dear Regard,\nthis is a letter.",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\n%%EOF\n",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='24'/>",
        np.random.default_rng(0).bytes(5000),
        b"\x89PNG\r\n\x1a\n",
        encoded(Image.new("RGB", (40, 24)), "PPM"),
        encoded(Image.new("RGB", (40, 24)), "ICO"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 40 24\n%%EndComments\nshowpage\n",
    ],
    ids=["text", "pdf", "svg", "random", "png signature", "ppm", "ico", "eps"],
)
def test_other_formats_are_refused(data: bytes) -> None:
    assert LIMITS in refusal(data)


@pytest.mark.parametrize("kept", [0.05, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WebP", "AVIF", "TIFF", "HEIC"])
def test_a_file_cut_short_is_refused(file_format: str, kept: float) -> None:
    data = encoded(noise(96, 128), file_format)
    assert LIMITS in refusal(data[: int(len(data) * kept)])


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    for source in (tmp_path / "gone.png", str(tmp_path / "gone.png")):
        assert "gone.png" in (message := refusal(source)) and "No such file" in message


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "directory" in refusal(tmp_path)


def test_an_impossible_path_is_refused() -> None:
    refusal("a\0b.png")


def test_a_large_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(26_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path} was read"))
    assert "26 MB" in (message := refusal(path)) and LIMITS in message


class DiskWatch:
    """An audit hook cannot be removed, so this one is installed once and switched on and off."""

    def __init__(self) -> None:
        self.on, self.events = False, []
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.on and (event in ("open", "os.rename", "os.remove") or event.startswith(("tempfile", "subprocess"))):
            self.events.append((event, arguments))

    def __enter__(self) -> list[object]:
        self.on, self.events = True, []
        return self.events

    def __exit__(self, *_: object) -> None:
        self.on = False


@pytest.fixture(scope="module")
def disk_watch() -> DiskWatch:
    return DiskWatch()


@pytest.mark.parametrize("file_format", ACCEPTED_FORMATS)
def test_bytes_are_loaded_without_touching_the_disk(file_format: str, disk_watch: DiskWatch, tmp_path: Path) -> None:
    options = {} if file_format in ("GIF", "BMP") else {"icc_profile": red_green_swapping_profile()}
    data = encoded(noise(), file_format, **options)
    load_image(data)  # Pillow imports its plugins at first use
    with disk_watch as events:
        load_image(data)
    assert events == []
    (tmp_path / "seen").write_bytes(data)
    with disk_watch as events:
        load_image(tmp_path / "seen")
    assert [event for event, _ in events] == ["open"]


def small_files() -> dict[str, bytes]:
    exif, profile = exif_with_orientation(6), red_green_swapping_profile()
    grey_ramp = Image.fromarray(np.round(RAMP * 65535).astype(np.uint16))
    return {
        **{name: encoded(noise(), name) for name in ACCEPTED_FORMATS},
        "PNG with profile and EXIF": encoded(noise(), "PNG", exif=exif, icc_profile=profile),
        "JPEG with profile and EXIF": encoded(noise(), "JPEG", exif=exif, icc_profile=profile),
        "HEIC with profile and EXIF": encoded(noise(), "HEIC", exif=exif.tobytes(), icc_profile=profile),
        "WebP with profile and EXIF": encoded(noise(), "WebP", exif=exif, icc_profile=profile),
        "progressive JPEG": encoded(noise(), "JPEG", progressive=True),
        "CMYK JPEG": encoded(noise().convert("CMYK"), "JPEG"),
        "animated GIF": frames("GIF"),
        "animated PNG": frames("PNG"),
        "animated WebP": frames("WebP"),
        "MPO": frames("MPO"),
        "interlaced 16-bit PNG": encoded(grey_ramp, "PNG", interlace=1),
        "floating-point TIFF": encoded(Image.fromarray(RAMP.astype(np.float32)), "TIFF"),
        "LZW TIFF": encoded(noise(), "TIFF", compression="tiff_lzw"),
        "deflate TIFF": encoded(noise(), "TIFF", compression="tiff_adobe_deflate"),
        "fax TIFF": encoded(noise().convert("1"), "TIFF", compression="group4"),
        "JPEG TIFF": encoded(noise(), "TIFF", compression="jpeg"),
        "one-bit BMP": encoded(noise().convert("1"), "BMP"),
        "palette PNG": encoded(noise().quantize(16), "PNG", transparency=3),
    }


SMALL_FILES = small_files()


@st.composite
def damaged(draw: st.DrawFn, name: str) -> bytes:
    """Return a small file with up to 8 changed bytes, more often near its start. It may also be truncated."""
    data = bytearray(SMALL_FILES[name])
    place = st.one_of(st.floats(0, 0.15), st.floats(0, 1))
    for where, value in draw(st.lists(st.tuples(place, st.integers(0, 255)), max_size=8)):
        data[int(where * (len(data) - 1))] = value
    return bytes(data[: int(len(data) * draw(st.one_of(st.just(1.0), st.floats(0.01, 1))))])


@pytest.mark.parametrize("name", SMALL_FILES)
@settings(max_examples=250)
@given(data=st.data())
def test_damaged_bytes_give_a_picture_or_one_sentence(name: str, data: st.DataObject) -> None:
    try:
        picture = load_image(data.draw(damaged(name)))
    except ImageError as error:
        assert re.fullmatch(r"[^\n]+\.", str(error))
        return
    assert picture.mode == "RGB" and min(picture.size) >= 16 and max(picture.size) <= WORKING_SIDE


DEEP = ["interlaced 16-bit PNG", "floating-point TIFF"]


@pytest.mark.parametrize("name", ["animated GIF", "animated PNG", "animated WebP", "MPO", "TIFF", *DEEP])
@settings(max_examples=150)
@given(data=st.data())
def test_every_file_that_loads_can_be_described(name: str, data: st.DataObject) -> None:
    accepted = data.draw(damaged(name))
    try:
        load_image(accepted)
    except ImageError:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of damaged metadata
        assert is_animated(accepted) in (True, False)
        assert re.fullmatch(r"(\S[^\n]*\.)?", note_on(accepted))


def test_an_animation_cut_in_its_second_frame_still_loads() -> None:
    data = SMALL_FILES["animated GIF"]
    cut = data[: data.rindex(b"\x2c", 0, data.rindex(b"\x2c")) + 5]
    assert_close(loaded(cut), RED_FRAME, 0)
    assert is_animated(cut) in (True, False)


def test_two_pictures_at_once_leave_the_warning_filters_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit runs each session in a thread, but `warnings.catch_warnings` belongs to the whole process."""
    before = list(warnings.filters)
    inside, leave = {b"1": Event(), b"2": Event()}, {b"1": Event(), b"2": Event()}

    def decode(data: bytes) -> None:
        inside[data].set()
        leave[data].wait(300)

    monkeypatch.setattr("attention_core.images.decoding._prepared", decode)
    threads = {data: Thread(target=load_image, args=(data,)) for data in inside}
    with warnings.catch_warnings():
        for data, thread in threads.items():
            thread.start()
            assert inside[data].wait(300)
        for data, thread in threads.items():
            leave[data].set()
            thread.join(300)
        assert warnings.filters == before


def test_a_loaded_picture_loads_again_unchanged_as_a_new_picture() -> None:
    loaded = load_image(Image.effect_mandelbrot((48, 32), (-2, -1.5, 1, 1.5), 20).convert("RGB"))
    again = load_image(loaded)
    assert again is not loaded and (again.size, again.mode, again.info) == ((48, 32), "RGB", {})
    assert again.tobytes() == loaded.tobytes()
    again.paste("red", (0, 0, 9, 9))
    assert again.tobytes() != loaded.tobytes()


def test_a_rotated_picture_in_memory_becomes_upright() -> None:
    lying = Image.effect_mandelbrot((48, 32), (-2, -1.5, 1, 1.5), 20).convert("RGB")
    lying.getexif()[ExifTags.Base.Orientation] = 6
    assert load_image(lying).size == (32, 48)
