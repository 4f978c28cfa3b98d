# Every verb sets up what it needs. VENV, PORT, DATABASE_URL and the like come from the
# environment; see .env.example.

VENV ?= .venv
PYTHON := $(VENV)/bin/python
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run start test faults nightly bench lint fix messages lock clean

# The newest Python that really runs: version managers leave commands that only fail.
define install
	@for python in python3.13 python3.12 python3.11 python3; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			exec $$python -I config/install.py "$(VENV)" $(1); \
		fi; \
	done; \
	echo 'No Python runs here that is 3.11 or newer (tried python3.13, 3.12, 3.11, python3).' >&2; \
	echo 'Install one; on Debian: apt-get install python3 python3-venv' >&2; exit 1
endef

help: ## Show the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

run: ## Set everything up and run the desk with a demo shop
	$(call install,requirements.txt)
	@exec $(PYTHON) -m config.run --demo

start: ## The same without the demo shop
	$(call install,requirements.txt)
	@exec $(PYTHON) -m config.run

test: ## Lint, types, contracts, all tests on SQLite and on PostgreSQL
	$(call install,requirements-dev.txt)
	@exec $(PYTHON) -m config.testing test

faults: ## Kill real processes while refunds run (an hour)
	$(call install,requirements-dev.txt)
	@exec $(PYTHON) -m config.testing faults

nightly: ## The long forms: many examples, every fault
	$(call install,requirements-dev.txt)
	@exec $(PYTHON) -m config.testing nightly

bench: ## Measure imports, replay and pages
	$(call install,requirements-dev.txt)
	@exec $(PYTHON) -m config.testing bench

lint: ## Only the checks that need no tests
	$(call install,requirements-dev.txt)
	@exec $(PYTHON) -m config.testing lint

fix: ## Mend what the linters can mend
	$(call install,requirements-dev.txt)
	@$(VENV)/bin/ruff check --fix . && $(VENV)/bin/ruff format .

messages: ## Collect and compile the translations
	$(call install,requirements-dev.txt)
	@exec $(PYTHON) -m config.testing messages

lock: ## Write the lock files anew from pyproject.toml
	$(call install,requirements-dev.txt)
	@exec $(PYTHON) -m config.testing lock

clean: ## Remove what the tools left; var/ (your data) and .env stay
	rm -rf "$(VENV)" .mypy_cache .ruff_cache .hypothesis .import_linter_cache .pytest_cache htmlcov
	rm -f .coverage .coverage.*
	find . -name __pycache__ -type d -not -path './.venv*' -prune -exec rm -rf {} +
