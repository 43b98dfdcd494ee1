"""Mutants that no case can kill, each with the reason why it is no wrong answer.

exercise name → {"line of the reference: change": reason}
"""

SURVIVORS: dict[str, dict[str, str]] = {}
