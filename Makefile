# Everything here needs make and Python 3.11 or later, and nothing else. ARGS goes through to the program that runs:
# make demo ARGS=--help, make test ARGS="-k classify -x".

PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
UV ?= $(or $(shell command -v uv),.cache/uv/bin/uv)
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help install demo test lint audit bench evaluate chaos schemas lock clean

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-9s %s\n' "$$name" "$$text"; done

install: $(INSTALLED) ## Install into .venv what the lock file pins, every file checked by its hash

$(INSTALLED): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Tocsin needs Python 3.11 or later; none is on the PATH (or name one: make PYTHON=...)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "cannot make $(VENV); on Debian and Ubuntu, first: apt-get install python3-venv" >&2; exit 1; }
	@echo "installing into $(VENV) (once; a minute or two, longer where the line or the machine is busy)"
	@$(BIN)/python -m pip install --progress-bar off --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: install ## A local Kafka, the workers, a sample of the wire, and the alerts it raises
	@$(BIN)/tocsin demo $(ARGS)

test: lint ## All checks, then all tests, on a real Kafka
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: install ## Style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

audit: install ## Known weaknesses in what the lock file pins, if a database of them can be reached
	@$(BIN)/python .ci/audit

bench: install ## Measure speed
	@$(BIN)/python -m benchmarks $(ARGS)

evaluate: install ## Measure how right the decisions are
	@$(BIN)/python -m tests.evaluate $(ARGS)

chaos: install ## Do the worst to real workers on a real Kafka, and recount: half an hour (ARGS=--help)
	@$(BIN)/python -m tests.chaos $(ARGS)

schemas: install ## Write the JSON Schemas anew from the models
	@$(BIN)/python -m schemas.export

# The header of a lock file names this command, and neither a path nor an index: pip asks whichever its user has set.
COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--python-version 3.11 --custom-compile-command "make lock" $(ARGS)

lock: $(filter .cache/%,$(UV)) ## Pin all dependencies anew (newer versions: make lock ARGS=--upgrade)
	$(COMPILE) --extra dev --extra local pyproject.toml -o requirements.lock
	$(COMPILE) --constraint requirements.lock pyproject.toml -o deploy/requirements.lock
	$(COMPILE) --constraint requirements.lock deploy/build.in -o deploy/build.lock

.cache/uv/bin/uv:
	@$(PYTHON) -m venv .cache/uv
	@.cache/uv/bin/python -m pip install --quiet --disable-pip-version-check uv

clean: ## Delete .venv and every cache in this directory (Kafka's jars and data, in ~/.cache/tocsin, stay)
	@rm -rf $(VENV) .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
