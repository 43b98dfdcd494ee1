"""Student code in a process of its own that sees, keeps and reaches nothing.

`kernel.SandboxKernel` is what grading uses. Trusted: `kernel` (one submission), `bwrap` and `view`
(the empty sandbox), `parent` (the process that has the libraries imported), `watchdog`. Beside the
student's code: `zygote` (forks), `hardening` (drops every right), `student` (runs the cells).
docs/sandbox.md says what each layer is for.
"""
