# `make demo`: a first fit, executed on real data, as a page to look at.
# `make test`: everything CI runs (.ci/run calls exactly this).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NOTEBOOK := demo_notebooks/01_first_fit.ipynb
PAGE := _demo/01_first_fit.html
PACKAGES := js/node_modules/.ready

# one BLAS thread each: two workers with two threads each only get in each other's way
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# dozens of kernels, servers and scripts import the package while it is tested: it is compiled once
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test checks python-tests lowest-tests js-tests browser java docs docs-tests lite clean

help:
	@echo "make demo    a virtual environment in $(VENV), and $(NOTEBOOK) executed into $(PAGE)"
	@echo "make test    the same with the development extras, then every check and test"
	@echo "make docs    the documentation, into $(SITE)"
	@echo "make clean   removes $(VENV), $(LOWEST), _demo and what was built of the documentation"

demo: $(VENV)/.demo
	$(BIN)/jupyter nbconvert --to html --execute --ExecutePreprocessor.store_widget_state=False --output-dir $(dir $(PAGE)) --output $(notdir $(PAGE)) $(NOTEBOOK) </dev/null
	@echo
	@echo "The executed notebook:     $(CURDIR)/$(PAGE)"
	@echo "To change it and go on:    $(BIN)/jupyter lab $(NOTEBOOK)"

# The tests in Python are most of it, and many wait for a page: the rest is done beside them, one after another.
test:
	$(MAKE) --jobs=2 --keep-going python-tests js-tests checks docs-tests lowest-tests

checks: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python

# files in the order of tests/conftest.py, which has those that take minutes first
python-tests: $(VENV)/.dev java $(PACKAGES)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder </dev/null

# The rooms once more with the lowest versions that pyproject.toml names, in a virtual environment of their own.
LOWEST := .venv-lowest
ROOMS := $(addprefix tests/,formula design linalg engine fit views report datasets)
lowest-tests: $(LOWEST)/.ready
	$(LOWEST)/bin/python -m pytest -q -n 2 --dist loadfile $(ROOMS) </dev/null

$(LOWEST)/.ready: pyproject.toml tests/lowest.txt
	$(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet --constraint tests/lowest.txt --editable . pytest pytest-xdist hypothesis polars pyarrow </dev/null
	@touch $@

# Debian's Chromium for the tests that look at a page. Without it they are skipped on a user's machine and fail in CI.
FIND_BROWSER := command -v chromium || command -v chromium-browser || command -v google-chrome
browser:
	@if ! { $(FIND_BROWSER); } >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing Debian's chromium for the browser tests"; \
	  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq chromium; } </dev/null || true; \
	fi
	@if ! { $(FIND_BROWSER); } >/dev/null; then \
	  if [ "$$CI" = true ]; then echo "Chromium is missing and could not be installed" >&2; exit 1; fi; \
	  echo "Chromium is not installed: the browser tests will be skipped (Debian: apt-get install chromium)"; \
	fi

# Debian's Java for the tests that fit from Spark, by the same rule; after the browser, for apt does one thing at a time.
java: browser
	@if ! command -v java >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing Debian's Java for the tests with Spark"; \
	  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq default-jre-headless; } </dev/null || true; \
	fi
	@if ! command -v java >/dev/null; then \
	  if [ "$$CI" = true ]; then echo "Java is missing and could not be installed" >&2; exit 1; fi; \
	  echo "Java is not installed: the tests with Spark will be skipped (Debian: apt-get install default-jre-headless)"; \
	fi

$(PACKAGES): js/package-lock.json
	@if command -v npm >/dev/null; then cd js && npm ci --no-audit --no-fund </dev/null && touch node_modules/.ready; \
	elif [ "$$CI" = true ]; then echo "npm is missing: the widgets' tests cannot run" >&2; exit 1; fi

js-tests: $(PACKAGES)
	@if ! command -v npm >/dev/null; then \
	  echo "npm is not installed: the widgets' own tests (vitest) are skipped"; exit 0; \
	fi; \
	cd js && npx --no-install biome ci . </dev/null && \
	npx --no-install tsc --noEmit </dev/null && npx --no-install vitest run </dev/null

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "mixwidget needs Python 3.10 or later; say which: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[demo]' </dev/null
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]' </dev/null
	@touch $@ $(VENV)/.demo

# The documentation: `docs` with the notebooks executed (kept until they or the package change), `docs-tests` with them as they
# are stored, `lite` with JupyterLite beside it. Nothing is fetched while they are built.
SITE := docs/_build/html
SPHINX = $(BIN)/python -m sphinx -q -W --keep-going -b html -d docs/_build/doctrees-$(1) docs $(2)
docs: $(VENV)/.dev
	$(call SPHINX,full,$(SITE)) </dev/null
	$(BIN)/python docs/check_site.py $(SITE)
	$(BIN)/python docs/open_site.py $(SITE) --all
	@echo "The documentation:         $(CURDIR)/$(SITE)/index.html"

docs-tests: $(VENV)/.dev
	DOCS_NOTEBOOKS=off $(call SPHINX,plain,docs/_build/plain) </dev/null
	$(BIN)/python docs/check_site.py docs/_build/plain
	$(BIN)/python docs/open_site.py docs/_build/plain

# JupyterLite beside the site, with the package's own wheel. Its tools are not in the development extras; see docs/try.md.
LITE := docs/_build/lite
lite: docs
	$(BIN)/python -m pip install --quiet jupyterlite-core jupyterlite-pyodide-kernel </dev/null
	rm -rf $(LITE)
	$(BIN)/python -m build --wheel --outdir $(LITE)/wheel . </dev/null
	$(BIN)/python docs/lite/prepare.py $(LITE)/notebooks
	cd docs/lite && $(CURDIR)/$(BIN)/jupyter lite build --contents $(CURDIR)/$(LITE)/notebooks --piplite-wheels $(CURDIR)/$(LITE)/wheel/*.whl \
	  --apps lab --apps notebooks --no-sourcemaps --output-dir $(CURDIR)/$(SITE)/lite </dev/null

clean:
	rm -rf $(VENV) $(LOWEST) _demo docs/_build
