# What people and CI do with this repository. Python >= 3.11 is all it needs; `make help` lists the targets.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
ARGS ?=
BIN := .venv/bin
PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	if command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then echo $$p; break; fi; done)

.PHONY: help setup dev demo test test-sqlite test-postgres check bench fix messages docs clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.installed ## make .venv with Regulars in it
dev: .venv/.dev ## the same with everything for tests and checks

.venv/.installed: pyproject.toml
	@tools/setup.sh "$(PYTHON)" .
	@touch $@

.venv/.dev: .venv/.installed
	@tools/setup.sh "$(PYTHON)" . dev
	@touch $@

demo: setup ## make the demo shop and serve it (PORT=8000)
	@$(BIN)/regulars demo --home .demo --port $(PORT)

test: dev ## all tests, on SQLite and then on PostgreSQL where there is one
	@PYTHON="$(BIN)/python" tools/test.sh $(ARGS)

test-sqlite: dev ## all tests on SQLite
	@PYTHON="$(BIN)/python" DATABASES=sqlite tools/test.sh $(ARGS)

test-postgres: dev ## all tests on PostgreSQL
	@PYTHON="$(BIN)/python" DATABASES=postgres tools/test.sh $(ARGS)

check: dev ## what has to hold before a commit, in about 90 seconds
	@PYTHON="$(BIN)/python" tools/check.sh

bench: dev ## every benchmark; rewrites the table of docs/performance.md (slow)
	@$(BIN)/python -m bench --all

fix: dev ## format, and mend what can be mended by machine
	@$(BIN)/ruff format -q .
	@$(BIN)/ruff check -q --fix .
	@$(BIN)/python -m tools.reference --write

messages: dev ## collect texts for translation and compile what is translated
	@$(BIN)/python -m tools.messages

docs: dev ## write the generated pages of docs/reference anew
	@$(BIN)/python -m tools.reference --write

clean: ## remove what was made here: environment, demo, caches
	@if [ -d .demo ]; then $(BIN)/regulars demo --home .demo --remove; fi
	@rm -rf .venv .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
