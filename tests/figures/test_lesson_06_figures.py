"""Lesson 6's pictures: what stands in them, and what they refuse."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from cnncourse.figures.lesson_06 import photo_sheet, run_dots

SVG = "{http://www.w3.org/2000/svg}"
PHOTOS = np.random.default_rng(3).integers(0, 256, (5, 6, 4, 3)).astype(np.uint8)


def test_a_sheet_has_every_picture_and_title() -> None:
    root = ET.fromstring(photo_sheet(PHOTOS, "Five.", titles=list("abcde"), columns=3).body)
    images = list(root.iter(f"{SVG}image"))
    assert len(images) == 5
    assert len({image.get("href") for image in images}) == 5
    assert [t.text for t in root.iter(f"{SVG}text")] == list("abcde")
    assert all(float(i.get("height", "")) == 1.5 * float(i.get("width", "")) for i in images)


def test_a_caption_stands_below_a_sheet() -> None:
    plain, said = photo_sheet(PHOTOS, "Five."), photo_sheet(PHOTOS, "Five.", caption="drawn <1>")
    root = ET.fromstring(said.body)
    (line,) = root.iter(f"{SVG}text")
    assert line.text == "drawn <1>"
    assert float(line.get("y", "")) > float(ET.fromstring(plain.body).get("height", ""))
    assert float(line.get("y", "")) < float(root.get("height", ""))


def test_numbers_from_0_to_1_show_the_same_pixels_as_bytes() -> None:
    assert photo_sheet(PHOTOS / 255, "A sheet.").body == photo_sheet(PHOTOS, "A sheet.").body
    beyond = np.where(PHOTOS == 255, 1.7, PHOTOS / 255)
    assert photo_sheet(beyond, "A sheet.").body == photo_sheet(PHOTOS, "A sheet.").body


def test_sheets_that_cannot_be_drawn_are_refused() -> None:
    with pytest.raises(ValueError, match="3 titles for 5 pictures"):
        photo_sheet(PHOTOS, "Five.", titles=list("abc"))
    with pytest.raises(ValueError, match="needs pictures"):
        photo_sheet(PHOTOS[0], "One.")


def test_every_run_has_a_dot_at_its_value() -> None:
    picture = run_dots({"plain": [0.4, 0.2], "dropout": [0.1, -0.1, 0.0]}, "gap")
    root = ET.fromstring(picture.body)
    x = [float(c.get("cx", "")) for c in root.iter(f"{SVG}circle")]
    assert len(x) == 5
    assert x[0] > x[1] > x[2] > x[4] > x[3]
    assert x[0] - x[1] == pytest.approx(x[1] - x[4], abs=0.01)
    assert picture.alt == "gap. plain: 40%, 20%; dropout: 10%, -10%, 0%."


def test_groups_without_runs_are_refused() -> None:
    for groups in ({}, {"plain": []}):
        with pytest.raises(ValueError, match="at least one"):
            run_dots(groups, "gap")
