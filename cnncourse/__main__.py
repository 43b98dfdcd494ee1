"""``python -m cnncourse``: the same as ``cnncourse``, where scripts are not on the path."""

from cnncourse.cli import main

main(prog_name="cnncourse")
