# Everything a person does with the project. `make help` lists it.
SHELL := /bin/bash
VENV ?= .venv
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
BIN := $(VENV)/bin
XDIST ?= 2
.DEFAULT_GOAL := help

.PHONY: help demo test test-long check format bench install types clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.app ## set everything up and run the demo centre
	@exec $(BIN)/peakend demo $(ARGS)

install: $(VENV)/.dev ## set up .venv for development

test: $(VENV)/.dev ## check, then every test but the long ones
	@$(MAKE) --no-print-directory check
	@$(BIN)/python -m pytest -m "not long" -n $(XDIST) $(ARGS)

test-long: $(VENV)/.dev ## the tests that take minutes: crash points, load
	@$(BIN)/python -m pytest -m long $(ARGS)

check: $(VENV)/.dev ## format, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/python -m tools.lint
	@$(BIN)/lint-imports
	@$(BIN)/mypy

format: $(VENV)/.dev ## put the code in order
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.dev ## speed as ratios: table and JSON
	@$(BIN)/python -m bench $(ARGS)

clean: ## remove what was built (never data)
	rm -rf $(VENV) build dist src/peakend/static web/dist web/node_modules web/*/dist web/*/node_modules

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; 需要 Python 3.11 或更高版本"; exit 1; }
	@echo "[1/3] Environment  建立运行环境 ($(VENV))"
	@$(PYTHON) -m venv $(VENV)

# An editable install: the sources run as they lie, only the web app is built.
$(VENV)/.app: $(VENV)/bin/python pyproject.toml hatch_build.py $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
	@echo "[2/3] Packages  安装依赖"
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -q -r <($(BIN)/python tools/requirements.py)
	@echo "[3/3] Web app  构建网页"
	@$(BIN)/python -m pip install --disable-pip-version-check --no-deps -v -e . 2>&1 | $(BIN)/python tools/requirements.py --quiet-build
	@touch $@

$(VENV)/.dev: $(VENV)/.app
	@$(BIN)/python -m pip install --disable-pip-version-check -q -e ".[dev]"
	@touch $@
