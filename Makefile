# The commands of the house. `make demo` and `make test` do their own set-up: Python 3.11+ and pip are all they need.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test lint bench docs format clean

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.installed-dev: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

demo: $(STAMP)  ## three generated scenarios become clips, augmented clips, a dataset and a report
	$(BIN)/roadmark demo --output-dir out/demo

test: $(VENV)/.installed-dev  ## run the tests and print line coverage
	$(BIN)/python -m pytest --cov --cov-report=term

lint: $(VENV)/.installed-dev  ## ruff, mypy, import contract, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PATH=$(BIN):$$PATH $(BIN)/lint-imports
	$(BIN)/codespell src tests docs benchmarks README.md CHANGELOG.md CONTRIBUTING.md

docs: $(VENV)/.installed-dev  ## run every code block of the documentation, check its links
	$(BIN)/python -m pytest -q tests/docs

bench: $(VENV)/.installed-dev  ## print the benchmark tables
	$(BIN)/python -m benchmarks

format: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf out build dist .pytest_cache .mypy_cache .ruff_cache
