"""Grade a class: run each submission in a process of its own and judge its answers from outside.

`course` finds what is to be graded, `notebooks` reads it, `rebuild` puts the student's cells into
the released notebook, `kernel` and `run` execute that, `grader` judges, `gradebook` records.
"""
