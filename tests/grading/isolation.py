"""How these tests run submissions: in the sandbox, or without where this machine has none."""

from cnncourse.grading.kernel import Isolation
from cnncourse.grading.sandbox.problem import problem

NO_SANDBOX = problem()
ISOLATION: Isolation = "none" if NO_SANDBOX else "sandbox"
# One process, in which the small lesson of the tests is known.
FLAGS = ["--jobs", "1", *(["--unsafe"] if NO_SANDBOX else [])]
