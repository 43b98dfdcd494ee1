"""A tiny lesson, and exercises declared by hand, to build and to break."""

# A lesson with one function, one value and everything else a lesson may hold. Its own small check
# shows what cnncourse's check shows, so that no exercise of the course is needed.
LESSON = '''\
# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 1 · Sums
#
# ![Two beads beside three beads](beads.png)

# %% tags=["setup"]
import math


class Verdict:
    def __init__(self, name, state):
        self.name, self.state = name, state

    def __repr__(self):
        return f"· {self.name}: {self.state}, 0 of 0 points"


def check(name, answer=...):
    try:
        value = answer(2, 3) if callable(answer) else answer
    except NotImplementedError:
        value = ...
    right = value in (5, 42)
    return Verdict(name, "not attempted" if value is ... else "passed" if right else "failed")


# %% [markdown]
# ### Exercise 1 · A sum · 2 points
# Add them up.

# %% exercise="total"
def total(a: float, b: float = 0) -> float:
    """The sum of a and b."""
    # BEGIN SOLUTION
    first_the_one_then_the_other = a + b
    return first_the_one_then_the_other
    # END SOLUTION


# %% check="total"
check("total", total)

# %% [markdown]
# ### Exercise 2 · An answer · 1 point

# %% exercise="answer"
# BEGIN SOLUTION
six = 6
answer = six * 7
# END SOLUTION

# %% check="answer"
check("answer", answer)

# %% tags=["demo"]
math.floor(2.5)

# %% [markdown] tags=["reveal"]
# It was the sum.
'''

POINTS = {"total": 2.0, "answer": 1.0}


class Fake:
    """Exercises declared by hand: lesson -> exercise -> points."""

    def __init__(self, declared: dict[str, dict[str, float]]) -> None:
        self.declared = declared

    def points_of(self, name: str) -> float:
        return {n: p for names in self.declared.values() for n, p in names.items()}[name]

    def lesson_of(self, name: str) -> str:
        return {n: lesson for lesson, names in self.declared.items() for n in names}[name]

    def declared_in(self, lesson: str) -> list[str]:
        return list(self.declared.get(lesson, {}))

    def lessons(self) -> list[str]:
        return list(self.declared)
