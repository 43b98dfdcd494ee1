"""The pictures of lesson 8 say what they show, and refuse what they cannot."""

import pytest

from cnncourse.figures.lesson_08 import block_switches, results_table


@pytest.mark.parametrize(
    ("open_from", "frozen", "words"),
    [
        (5, 4, "Blocks 1 to 4 are frozen; block 5 and all behind it train."),
        (None, 5, "Blocks 1 to 5 are frozen; the new top trains."),
        (1, 0, "Nothing is frozen; block 1 and all behind it train."),
    ],
)
def test_switches(open_from, frozen, words):
    picture = block_switches(open_from)
    assert picture.alt == words
    assert picture.body.count(">frozen<") == frozen
    assert picture.body.count(">trains<") == 6 - frozen


def test_a_block_that_is_not_there():
    with pytest.raises(ValueError, match="from 1 to 5"):
        block_switches(6)


def test_the_table_holds_every_number_and_its_source():
    picture = results_table([("top <1>", 0.8125, 12_345, 4.4)], "drawn animals")
    for said in ("top &lt;1&gt;", "81.2%", "12,345", ">4<", "drawn animals"):
        assert said in picture.body
    assert "81.2%, 12,345 parameters, 4 s" in picture.alt
    with pytest.raises(ValueError, match="at least one row"):
        results_table([], "nothing")


def test_a_dark_page_does_not_stripe_the_rows_of_the_table():
    picture = results_table([("from scratch", 0.6, 10, 1.0)], "drawn animals")

    assert "<tr>" not in picture.body
    assert picture.body.count('<tr style="background:transparent">') == 2
