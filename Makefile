# Everything a person does with the project. `make help` lists it.
SHELL := /bin/bash
VENV ?= .venv
BIN := $(VENV)/bin
JOBS ?= 2
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help demo install test test-long check format types bench clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.app ## set everything up and run the demo centre
	@exec $(BIN)/peakend demo $(ARGS)

install: $(VENV)/.dev ## set up .venv for development

test: check ## check, then every test but the long ones
	@$(BIN)/python -m pytest -m "not long" -n $(JOBS) $(ARGS)

test-long: $(VENV)/.dev ## the tests that take minutes: crash points, load
	@$(BIN)/python -m pytest -m long --timeout=5400 $(ARGS)

check: $(VENV)/.dev ## format, lint, import contracts, types; the desk's types and tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/python -m tools.lint
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/python -m tools.web check

format: $(VENV)/.dev ## put the code in order
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

types: $(VENV)/.dev ## the API's description and the desk's types, from the routes
	@$(BIN)/python -m tools.web types

bench: $(VENV)/.dev ## speed as ratios: table and JSON
	@$(BIN)/python -m bench $(ARGS)

clean: ## remove what was built (never data)
	rm -rf $(VENV) build dist src/peakend/static web/dist web/node_modules web/*/dist web/*/node_modules

$(BIN)/python:
	@python=$$(for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  "$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done); \
	if [ -z "$$python" ]; then \
	  echo "Python 3.11 or newer with venv is needed (Debian: apt install python3-venv)."; \
	  echo "需要 Python 3.11 或更高版本及 venv（Debian：apt install python3-venv）。"; exit 1; fi; \
	echo "[1/2] Environment 建立运行环境: $(VENV)"; \
	"$$python" -m venv $(VENV)

# Editable: the sources run as they lie; the web app is built where it has changed.
WEB := $(shell find web -name node_modules -prune -o -name dist -prune -o -type f -print 2>/dev/null)
$(VENV)/.app: $(BIN)/python pyproject.toml hatch_build.py $(WEB)
	@echo "[2/2] Packages and web app 安装依赖并构建网页"
	@$(BIN)/python tools/setup.py
	@touch $@

$(VENV)/.dev: $(VENV)/.app
	@echo "[+] Tools for development 安装开发工具"
	@$(BIN)/python tools/setup.py --dev
	@touch $@
