"""The pictures that emails of every store may show."""

import struct

from marketing import pictures


def test_the_stand_in_for_a_missing_picture_is_a_small_square_png() -> None:
    png = pictures.no_picture()
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">II", png[16:24]) == (144, 144)
    assert len(png) < 5_000
