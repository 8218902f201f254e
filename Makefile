# Two commands do all: `make grade` (set up, generate, grade the sample submissions) and `make test` (set up, run the tests).
.DEFAULT_GOAL := help
SHELL := /bin/bash

# The workers' user must be able to read the interpreter, so a system-wide one is preferred to one below somebody's home.
PYTHON ?= $(shell for p in /usr/bin/python3.11 python3.11 /usr/bin/python3 python3; do command -v $$p 2>/dev/null && break; done)
RUN := .venv/bin/python
# Where it is set, each process would compile the package anew, a second of each start: not what users have.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup browser generate audit grade check docs test pytest bench soak clean

help: ## what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.complete ## the environment, at .venv; a second run installs nothing

.venv/.complete: requirements.lock pyproject.toml .ci/environment
	@PYTHON="$(PYTHON)" .ci/environment

generate: setup ## the student template and the grading bundle, from the solution notebook
	.venv/bin/autograder generate

audit: setup ## grade mutants of the solution: a table here, a page in dist/, the kill matrix in docs/; then commit what it wrote
	.venv/bin/autograder audit --markdown docs/kill-matrix.md

grade: generate ## grade the sample submissions, with their MNIST runs: a table here, pages in results/
	.venv/bin/autograder grade tests/submissions --out results --fresh --yes

browser: # headless Chromium, for the tests of the pages
	@command -v chromium-headless-shell chromium >/dev/null \
	  || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium-headless-shell; } >/dev/null \
	  || echo "no Chromium, and it cannot be installed here: the tests of the pages will say so" >&2

check: setup ## formatting, types, and what may import what
	$(RUN) -m ruff check .
	$(RUN) -m mypy
	.venv/bin/lint-imports

docs: setup ## the documentation as a site, in dist/docs; a link that leads nowhere is an error
	$(RUN) -m sphinx -q -W --keep-going -c docs -d build/doctrees . dist/docs

test: setup browser ## checks and all tests
	@$(MAKE) --no-print-directory --jobs=2 --keep-going check pytest

pytest: # beside the checks, of which one takes half a minute on one core
	$(RUN) -m pytest -n 3 --dist loadfile --no-loadscope-reorder --durations=40

bench: generate ## how fast, with Otter, nbgrader and nbconvert beside it; writes docs/benchmarks.md and its plots
	$(RUN) -m tests.bench

soak: generate ## long campaigns: hostile answers, damaged files, attacks on every platform, messy notebooks, seeds, diagnosis, kills, large classes; writes docs/
	$(RUN) -m tests.soak.fuzz
	$(RUN) -m tests.soak.files
	$(RUN) -m tests.soak.attacks
	$(RUN) -m tests.soak.diagnosis
	$(RUN) -m tests.soak.mishaps
	$(RUN) -m tests.soak.flaky
	$(RUN) -m tests.soak.resume
	$(RUN) -m tests.soak.thousand
	$(RUN) -m tests.soak.scaling

clean: ## remove what was generated or installed here
	rm -rf .venv results dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
