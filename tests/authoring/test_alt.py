"""Pictures without alt text are found, described ones are not."""

import nbformat
import pytest
from nbformat.v4 import new_output

from cnncourse.authoring.alt import (
    html_without_alt,
    markdown_without_alt,
    missing_alt,
    output_without_alt,
)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("![A kernel over a map](a.png)", 0),
        ("![](a.png)", 1),
        ("![  ](a.png) and ![b](b.png)", 1),
        ("![](attachment:a.png)", 1),
        ("![][ref]", 1),
        ("`![](a.png)` is how not to write it", 0),
        ("```\n![](a.png)\n<img src='x'>\n```", 0),
        ("<img src='x'>", 1),
        ("<img src='x' alt=''>", 1),
        ("<img src='x' alt='a map'/>", 0),
        ("<svg><rect/></svg>", 1),
        ("no picture ! [](here)", 0),
    ],
)
def test_markdown(text: str, count: int) -> None:
    assert len(markdown_without_alt(text)) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("<svg aria-label='a map'><rect/></svg>", 0),
        ("<svg><title>A map</title><rect/></svg>", 0),
        ("<svg aria-labelledby='t'><text id='t'>A map</text></svg>", 0),
        ("<svg><g><rect/></g></svg><p>", 1),
        ("<svg/>", 1),
        ("<svg><rect/>", 1),
        ("<svg aria-hidden='true'><rect/></svg>", 0),
        ("<figure aria-label='a map'><svg><rect/></svg></figure>", 0),
        ("<figure aria-label='a map'><p>x</p></figure><svg></svg>", 1),
        ("<figure aria-label=''><svg></svg></figure>", 1),
        ("<svg></svg><svg></svg><img>", 3),
        ("<svg aria-label='a'><svg><rect/></svg></svg>", 0),
        ("<div><br><img alt='x' src='y'><input></div><svg></svg>", 1),
        ("<title>Page</title><svg></svg>", 1),
    ],
)
def test_html(text: str, count: int) -> None:
    assert len(html_without_alt(text)) == count


def test_outputs() -> None:
    bare = new_output("display_data", data={"image/png": "aGk="})
    assert "image/png" in output_without_alt(bare)[0]
    own = new_output(
        "display_data", data={"image/png": "aGk="}, metadata={"image/png": {"alt": "A map"}}
    )
    direct = new_output("display_data", data={"image/jpeg": "aGk="}, metadata={"alt": "A map"})
    assert output_without_alt(own) == output_without_alt(direct) == []
    drawn = new_output("display_data", data={"image/svg+xml": "<svg></svg>"})
    shown = new_output("execute_result", data={"text/html": "<img src='x'>"})
    assert len(output_without_alt(drawn)) == len(output_without_alt(shown)) == 1


def test_a_picture_of_the_course_is_described() -> None:
    from cnncourse.figures import Picture

    picture = Picture("<svg><rect/></svg>", "A map of three by three cells")
    assert html_without_alt(picture._repr_html_()) == []


def test_cells_are_named_by_their_index() -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("![a](b.png)"),
            nbformat.v4.new_markdown_cell("![](b.png)"),
            nbformat.v4.new_code_cell(
                "1", outputs=[new_output("display_data", data={"image/png": "aGk="})]
            ),
        ]
    )
    assert [index for index, _ in missing_alt(notebook)] == [1, 2]
