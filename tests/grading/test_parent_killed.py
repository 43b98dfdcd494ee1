"""The process that every sandbox is forked from is killed: the class goes on, nobody loses."""

import os
import signal

import pytest
from fake_course import EXERCISES, RIGHT, FakeCourse, solved
from isolation import NO_SANDBOX

if NO_SANDBOX:
    pytest.skip(NO_SANDBOX, allow_module_level=True)

import cnncourse.exercises
from cnncourse.grading.batch import Plan, grade_class
from cnncourse.grading.sandbox import parent
from cnncourse.grading.sandbox.kernel import SandboxKernel

pytestmark = pytest.mark.sandbox


def _before_a_cell(killed, monkeypatch):
    run = SandboxKernel.run

    def run_cell(self, code, seconds):
        if "def scaled" in code and not killed:
            killed.append(parent.shared("numpy"))
            os.kill(killed[0].pid, signal.SIGKILL)
        return run(self, code, seconds)

    monkeypatch.setattr(SandboxKernel, "run", run_cell)


def _while_it_is_asked_for_a_sandbox(killed, monkeypatch):
    fork = parent.Parent.fork_into

    def fork_into(self, sandbox, limits):
        if not killed:
            killed.append(self)
            os.kill(self.pid, signal.SIGKILL)
        return fork(self, sandbox, limits)

    monkeypatch.setattr(parent.Parent, "fork_into", fork_into)


@pytest.mark.parametrize("when", [_before_a_cell, _while_it_is_asked_for_a_sandbox])
def test_everybody_is_graded_all_the_same(tmp_path, monkeypatch, when):
    monkeypatch.setattr(cnncourse.exercises, "lesson", lambda name: EXERCISES)
    fake = FakeCourse(tmp_path)
    for student in ("ada", "bo"):
        fake.hand_in(student, solved(**RIGHT))
    killed = []
    when(killed, monkeypatch)
    found = list(grade_class(fake.assignment(), fake.course, ("ada", "bo"), Plan(30)))
    assert [(r.student, r.points, r.anomalies) for r in found] == [("ada", 6, ()), ("bo", 6, ())]
    assert killed and parent.shared("numpy").pid != killed[0].pid
