# Everything a fresh machine with Python 3.11 or later needs; each target installs what it uses into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?=

.PHONY: run test test-engines lint bench train check-ftfy golden languages picture clean

$(VENV)/.dev: pyproject.toml hatch_build.py $(wildcard cleaner/native/*.[ch])
	$(PYTHON) -c 'import sys; sys.exit("cleaner needs Python 3.11 or later") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

$(VENV)/.bench: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --editable '.[dev,bench]'
	touch $@

ENGINES := arrow polars pandas datasets duckdb sklearn datatrove spark ray

$(VENV)/.engines: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --editable '.[dev,engines]' || for engine in $(ENGINES); do \
		$(BIN)/python -m pip install --quiet --editable ".[dev,$$engine]" || echo "$$engine does not install here; its tests are skipped"; \
	done
	touch $@

run: $(VENV)/.dev  ## clean a scraped page and show what went
	$(BIN)/cleaner explain fixtures/articles/ferry-strike/input.txt

test: lint  ## lint, types, all tests
	$(BIN)/python -m pytest -q -n 2

test-engines: $(VENV)/.engines  ## the adapters inside their engines (Spark needs Java 17); installs a gigabyte
	CLEANER_ENGINES=1 $(BIN)/python -m pytest -q tests/engines

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.bench  ## quality and speed beside other tools; DATA=folder for evaluation sets
	$(BIN)/python -m benchmarks $(if $(DATA),--data $(DATA))

$(VENV)/.train: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --editable '.[dev,train]'
	touch $@

train: $(VENV)/.train  ## the weights anew, from the evaluation sets under DATA
	OMP_NUM_THREADS=1 $(BIN)/python -m training.train $(DATA)
	OMP_NUM_THREADS=1 $(BIN)/python -m training.html $(DATA)

check-ftfy: $(VENV)/.dev  ## the encoding stage against ftfy on every text under DATA
	$(BIN)/python tests/check_ftfy.py $(DATA)

golden: $(VENV)/.dev  ## write the expected cuts of the fixtures anew, for review in the diff
	$(BIN)/python -m tests.golden

languages: $(VENV)/.dev  ## docs/languages.md from the language files
	$(BIN)/python -m docs.languages

picture: $(VENV)/.dev  ## the README's picture of an explained article
	$(BIN)/python -m docs.picture

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build
