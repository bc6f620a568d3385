"""Pictures, as a model takes them."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from bot.core.conversation.attached_files import Picture
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents import picture_scaling
from bot.documents.picture_scaling import as_it_is, read_picture
from tests.documents.samples import a_picture


def opened(found: Picture | FileRefusal) -> Image.Image:
    assert isinstance(found, Picture)
    return Image.open(BytesIO(found.data))


@pytest.mark.parametrize(
    ("content", "size", "kind"),
    [
        pytest.param(a_picture(3136, 1000, kind="JPEG"), (1568, 500), "JPEG", id="a photograph"),
        pytest.param(a_picture(60, 40), (60, 40), "PNG", id="a small drawing"),
        pytest.param(a_picture(60, 3136), (30, 1568), "PNG", id="a tall drawing"),
        pytest.param(a_picture(kind="GIF", mode="P"), (60, 40), "PNG", id="a GIF"),
        pytest.param(a_picture(kind="WEBP", mode="RGBA"), (60, 40), "PNG", id="a WebP"),
        pytest.param(a_picture(mode="LA"), (60, 40), "PNG", id="grey and transparent"),
        pytest.param(a_picture(kind="JPEG", mode="CMYK"), (60, 40), "JPEG", id="for print"),
    ],
)
def test_a_picture_is_no_larger_than_a_model_looks_at(
    content: bytes, size: tuple[int, int], kind: str
) -> None:
    image = opened(read_picture(content))
    assert (image.size, image.format) == (size, kind)


def test_sixteen_bits_of_grey_stay_grey() -> None:
    out = BytesIO()
    Image.new("I;16", (4, 4), 128 * 256).save(out, "PNG")
    assert opened(read_picture(out.getvalue())).convert("L").getpixel((0, 0)) == 128


def test_a_photograph_is_turned_as_it_was_taken_and_loses_what_its_camera_noted() -> None:
    out, noted = BytesIO(), Image.Exif()
    noted[0x0112], noted[0x010F] = 6, "a camera"
    Image.new("RGB", (60, 40)).save(out, "JPEG", exif=noted)
    image = opened(read_picture(out.getvalue()))
    assert image.size == (40, 60)
    assert not image.getexif()


def test_a_drawing_that_is_too_large_becomes_a_photograph(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_scaling, "MOST_DRAWING", 50)
    assert opened(read_picture(a_picture(mode="RGBA"))).format == "JPEG"


def test_a_picture_of_too_many_pixels_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_scaling, "MOST_PIXELS", 60 * 40 - 1)
    assert read_picture(a_picture()) is FileRefusal.TOO_LARGE


@pytest.mark.parametrize("share", [1, 3], ids=["that it warns of", "that it refuses"])
def test_a_picture_of_pixels_that_the_library_fears_is_not_decoded(
    monkeypatch: pytest.MonkeyPatch, share: int
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 60 * 40 // share - 1)
    assert read_picture(a_picture()) is FileRefusal.TOO_LARGE


def test_without_a_library_a_small_picture_goes_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_scaling, "is_here", lambda _: False)
    assert read_picture(a_picture()) == Picture(a_picture(), "image/png")
    assert as_it_is(b"\xff\xd8\xff" + bytes(4_000_000)) is FileRefusal.TOO_LARGE
