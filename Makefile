# Everything a person or CI does with the project. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help install demo test check format locales messages snapshots docs pictures lock clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
OURS := alert-router alert-router-local alert-router-slack-emulator alert-router-slack-view
COMPILE = uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
	$(OURS:%=--no-emit-package %)

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Make the virtual environment with hash-locked dependencies, and .venv/bin/alert-router.

$(INSTALLED): requirements-dev.lock pyproject.toml $(wildcard packages/*/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "error: Python 3.11 or later is needed; name one with: make PYTHON=python3.12 ..." >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "error: this Python makes no virtual environments; on Debian: apt-get install python3-venv" >&2; exit 2; }
	@echo "Installing into $(VENV) (about a minute) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		$(patsubst %/pyproject.toml,--editable ./%,$(wildcard packages/*/pyproject.toml)) --editable .
	@touch $(INSTALLED)

demo: install ## Show the main job on embedded engines; with KEEP=1 all goes on running, to try it by hand.
	@$(BIN)/alert-router demo $(if $(filter-out 0,$(KEEP)),--keep)

test: install ## Run the whole suite on embedded engines.
	@$(BIN)/python -m pytest

check: install ## Check format, lint, types, import rules and dependencies.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	@for package in packages/*; do (cd $$package && $(CURDIR)/$(BIN)/deptry .) || exit 1; done

format: install ## Format the code and mend what can be mended.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

locales: install ## Bring the catalogues up to date with the templates; fill in what is new in every language.
	$(BIN)/pybabel --quiet extract -F babel.cfg --add-comments Translators: --strip-comments --sort-by-file --no-wrap \
		--project alert-router --version 1 --msgid-bugs-address "the Alert Router authors" \
		--copyright-holder "the Alert Router authors" --last-translator "the Alert Router authors" \
		--output-file locales/messages.pot .
	$(BIN)/pybabel --quiet update --input-file locales/messages.pot --output-dir locales --no-fuzzy-matching \
		--ignore-obsolete --no-wrap --ignore-pot-creation-date

messages: install ## Write docs/messages.md anew: every sentence in every language.
	@$(BIN)/python -m tests.locales.sentences

snapshots: install ## Write tests/core/snapshots anew: an incident in every style and language. Read the difference.
	@$(BIN)/python -m tests.core.incident

docs: install ## Write the pages of docs/ anew that are generated from the program.
	@$(BIN)/python -m tests.docs.generate docs

pictures: install ## Take the pictures in docs/pictures anew (needs Chromium).
	@mkdir -p docs/pictures
	@$(BIN)/python -m tests.browser.pictures docs/pictures
	@$(BIN)/python -m tests.browser.incident docs/pictures

lock: ## Resolve and lock the dependencies again; versions stay where they can (needs uv).
	$(COMPILE) packages/alert-router-local/pyproject.toml -o requirements-local.lock
	$(COMPILE) -c requirements-local.lock packages/alert-router-local/pyproject.toml --group pyproject.toml:dev \
		-o requirements-dev.lock
	$(COMPILE) -c requirements-local.lock pyproject.toml -o requirements-image.lock
	echo hatchling | $(COMPILE) -c requirements-dev.lock - -o requirements-build.lock

clean: ## Remove what the other targets made.
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
