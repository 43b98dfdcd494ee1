"""The controls over the MobileNet explorer."""

import pytest

from cnncourse import figures, widgets


def test_a_cell_stores_the_still_picture():
    explorer = widgets.mobilenet_explorer(0.5, 160)
    bundle = explorer._repr_mimebundle_()
    assert bundle["text/html"] == figures.mobilenet_explorer(0.5, 160)._repr_html_()
    assert bundle["text/plain"] == f"mobilenet_explorer: {explorer.picture.alt}"
    assert 'type="radio"' in bundle["text/html"]
    assert "<input" not in explorer.picture.body


def test_controls_choose_the_network():
    explorer = widgets.mobilenet_explorer()
    explorer.widget()
    explorer._boxes["alpha"].value = 0.25
    explorer._boxes["resolution"].value = 128
    assert "α 0.25 at 128×128: 13.6 M mult-adds" in explorer.picture.alt
    assert "not published" in explorer.picture.alt
    assert not explorer.message


def test_what_cannot_be_drawn_is_said_and_the_last_good_picture_stays():
    explorer = widgets.mobilenet_explorer()
    good = explorer.picture
    explorer.change(resolution=5)
    assert "at least 32" in explorer.message
    assert explorer.picture is good
    assert not explorer.change(resolution=64).message


@pytest.mark.parametrize("given", [("thin", 224), (0, 224), (1, "big"), (1, 5)])
def test_a_bad_call_gives_a_sentence_and_no_traceback(given):
    explorer = widgets.mobilenet_explorer(*given)
    assert explorer.message
    assert explorer.picture.alt.startswith("No picture: ")


def test_a_width_of_ones_own_is_offered():
    explorer = widgets.mobilenet_explorer(0.4)
    explorer.widget()
    assert explorer._boxes["alpha"].value == 0.4
    assert "α 0.4 at 224×224" in explorer.picture.alt
