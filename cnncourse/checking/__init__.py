"""Compare answers with what was expected, and say what is wrong, where, and why.

Knows no lesson. `collect` runs beside the student's code, `judge` away from it; between the two
go plain values only (`wire`).
"""

from cnncourse.checking.exercise import PUBLIC_SEED, Case, Exercise, Misconception
from cnncourse.checking.verdict import Verdict

__all__ = ["PUBLIC_SEED", "Case", "Exercise", "Misconception", "Verdict"]
