# Two commands are enough: `make run` and `make test`. Both set up what they need.

PYTHON ?= python3
PORT ?= 8080
BIN := .venv/bin
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-find-links --no-emit-index-url --no-emit-trusted-host
export PORT

.DEFAULT_GOAL := help
.PHONY: help run test check set-up-tests format lock assets bench clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

run: ## set up everything and serve the demonstration on http://127.0.0.1:8080 (PORT=8081 for another)
	@$(PYTHON) tools/start.py run

set-up-tests:
	@$(PYTHON) tools/start.py tests-environment

test: set-up-tests ## set up everything and run the tests on SQLite and PostgreSQL (ARGS="tests/schools -k name")
	@$(BIN)/python -m tools.tests $(ARGS)

check: set-up-tests ## lint, format, types, import contract, docstrings, known weaknesses of parts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy app tools config.py run.py
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/docstrings.py app config.py
	$(BIN)/python tools/weaknesses.py

format: set-up-tests ## put the code into the form that `make check` wants
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: set-up-tests ## compile the lock files from requirements*.in (ARGS=--upgrade for newer parts)
	$(LOCK) $(ARGS) --output-file=requirements.txt requirements.in
	$(LOCK) $(ARGS) --output-file=requirements-dev.txt requirements-dev.in
	$(LOCK) $(ARGS) --output-file=requirements-node.txt requirements-node.in

assets: ## build style sheet and scripts
	@$(PYTHON) tools/start.py assets

bench: set-up-tests ## measure the budgets of benchmarks/
	@if [ -d benchmarks ]; then $(BIN)/python -m benchmarks $(ARGS); else echo "Nothing is measured yet: there is no benchmarks/."; fi

clean: ## remove what was made, but not .env and instance/ (settings, databases, uploaded files)
	rm -rf .venv .node node_modules app/static/built .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find translations -name '*.mo' -delete 2>/dev/null || true
	rm -f translations/.stamp
