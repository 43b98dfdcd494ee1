# Everything the project does, by name: `make help`.
# Each target first sets up .venv if it is missing or out of date; after that no network is needed.

PYTHON ?= python3
BIN := .venv/bin
ASSIGNMENT := 01_convolution_by_hand

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# TensorFlow: only errors on the screen.
export TF_CPP_MIN_LOG_LEVEL := 3
# TensorFlow: oneDNN kernels on. It is the default on x86, written down because it decides two things:
# a small convnet trains about 1.5 times as fast with it (two cores), and the last digits of results
# depend on the processor, so nothing may compare a trained number exactly. This is the one place.
export TF_ENABLE_ONEDNN_OPTS := 1

.PHONY: help demo test lab lint bench build constraints venv sandbox system clean

help: ## show this list
	@echo "cnncourse: a course on convolutional networks"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "  make PYTHON=python3.12 demo   uses another Python (3.11 to 3.13)"

demo: venv sandbox ## set up, build the lessons, grade the example class, write its report
	@echo "1/3  Building the lessons"
	@$(BIN)/cnncourse build
	@echo "2/3  Grading the example class"
	@$(BIN)/cnncourse grade $(ASSIGNMENT) --course grading --timeout 10
	@echo "3/3  Writing the report"
	@$(BIN)/cnncourse report --course grading
	@echo
	@echo "Done. Next:  make lab    take the lessons in JupyterLab"
	@echo "             make test   run every test"
	@echo "             docs/instructors.md says how to grade a class of your own"

test: venv system ## run every check: lint, types, stale notebooks, tests
	@$(MAKE) lint
	@echo "Notebooks"
	@$(BIN)/cnncourse build --check
	@echo "Tests"
	@$(BIN)/python -m pytest
	@echo "All good. Next:  make demo   or   make lab"

lab: venv ## open JupyterLab on your own copies of the lessons, in work/
	@mkdir -p work
	@cd work && ../$(BIN)/cnncourse lab || [ $$? -eq 130 ]

lint: venv ## check format, style and types
	@echo "Style"
	@$(BIN)/python -m ruff check --quiet .
	@$(BIN)/python -m ruff format --check --quiet . \
	    || { echo "Not formatted. To format:  $(BIN)/python -m ruff format ."; exit 1; }
	@echo "Types"
	@$(BIN)/python -m mypy --no-error-summary

bench: venv ## run the benchmarks, each beside its peer
	@for script in benchmarks/*.py; do \
	    [ -e "$$script" ] || { echo "No benchmarks yet."; break; }; \
	    echo "$$script"; $(BIN)/python "$$script" || exit 1; \
	done

build: venv ## build the notebooks from solutions/
	@$(BIN)/cnncourse build

constraints: venv ## choose the newest versions again and write constraints.txt (needs a network)
	@$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --upgrade \
	    --extra dev --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	    --output-file constraints.txt pyproject.toml
	@echo "constraints.txt is written. Next:  make test   (it installs these versions first)"

venv:
	@command -v "$(PYTHON)" >/dev/null || \
	    { echo "There is no '$(PYTHON)' here. Install Python 3.11 to 3.13, or name one:  make PYTHON=python3.12 demo"; exit 1; }
	@"$(PYTHON)" tools/prepare.py venv

sandbox: venv
	@"$(PYTHON)" tools/prepare.py sandbox

system: venv
	@"$(PYTHON)" tools/prepare.py system

clean: ## remove caches; keeps .venv, work/ and every gradebook
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist artifacts .install.log
	@echo "Clean. Next:  make demo"
