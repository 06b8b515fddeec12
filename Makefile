# Every target makes the virtual environment that it needs, with any Python from 3.11 on.

VENV   := .venv
PEERS  := .venv-peers
LOWEST := .venv-lowest
SEARCH := .venv-search

# What `make lowest` runs with the oldest versions that pyproject.toml allows.
LOWEST_TESTS := tests/cli tests/contract tests/layers tests/render tests/test_bad_specs.py tests/test_schema.py \
	tests/test_good_specs.py tests/test_language.py tests/test_lowest_versions.py

# How many inputs `make fuzz` tries of each kind.
SPECS   := 14000
SHEETS  := 3000
OPTIONS := 3000
FILES   := 20000

FIND_PYTHON = for python in $(PYTHON) python3.14 python3.13 python3.12 python3.11 python3 python; do \
	"$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$python"; exit; }; done; echo "no-python-3.11-or-later-with-venv-was-found"

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help demo test slow-test search-test lowest lint format golden docs site-test pictures bench peers peers-sample fuzz clean

help:
	@echo "make demo          the tables of LeNet-5 and ResNet-50"
	@echo "make test          the unit tests"
	@echo "make slow-test     those that take seconds each: long nets, hostile input, faults and signals"
	@echo "make lowest        the core of them with the oldest versions that pyproject.toml allows"
	@echo "make lint          ruff and mypy"
	@echo "make format        ruff's formatter, on everything"
	@echo "make golden        writes the golden files of the tests anew"
	@echo "make search-test   sweeps on a Dask cluster, and Parquet read by pandas, polars and DuckDB"
	@echo "make docs          the documentation as a site: open site/index.html in a browser"
	@echo "make site-test     builds the site and opens it, and reports, in Chromium"
	@echo "make pictures      draws what a terminal shows, into docs/pictures"
	@echo "make bench         times cnncalc and others, into docs/benchmarks.md"
	@echo "make peers         compares with Keras and PyTorch; peers-sample: the quick part of it"
	@echo "make fuzz          20,000 hostile inputs, and every command under every fault; SPECS=500000 for more"

demo: $(VENV)/program
	$(VENV)/bin/cnncalc summary lenet5
	$(VENV)/bin/cnncalc summary resnet50

test: $(VENV)/installed
	$(VENV)/bin/python -m pytest -n 2 -m "not slow" --ignore tests/peers --ignore tests/site --ignore tests/search

slow-test: $(VENV)/installed
	$(VENV)/bin/python -m pytest -n 2 -m slow --ignore tests/peers --ignore tests/site --ignore tests/search

search-test: $(SEARCH)/installed
	$(SEARCH)/bin/python -m pytest -rs tests/search

lowest: $(LOWEST)/installed
	$(LOWEST)/bin/python -m pytest -n 2 -m "not slow" $(LOWEST_TESTS)

lint: $(VENV)/installed
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

format: $(VENV)/installed
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

golden: $(VENV)/installed
	$(VENV)/bin/python -m pytest -m "not slow" --ignore tests/peers --ignore tests/site --ignore tests/search --update-golden

docs: $(VENV)/docs
	$(VENV)/bin/sphinx-build -W --keep-going -q -b html -d build/docs docs site

site-test: docs
	$(VENV)/bin/python -m pytest -rs tests/site

pictures: $(VENV)/installed
	$(VENV)/bin/python -m tests.terminal_pictures

bench: $(PEERS)/installed
	$(PEERS)/bin/python -m benchmarks

peers: $(PEERS)/installed
	$(PEERS)/bin/python -m pytest tests/peers --networks 2000

peers-sample: $(PEERS)/installed
	$(PEERS)/bin/python -m pytest tests/peers/test_random_networks.py --networks 200

fuzz: $(VENV)/installed
	$(VENV)/bin/python -m tests.fuzz --specs $(SPECS) --sheets $(SHEETS) --options $(OPTIONS) --files $(FILES)
	HOSTILE=all $(VENV)/bin/python -m pytest tests/hostile

clean:
	rm -rf $(VENV) $(PEERS) $(LOWEST) $(SEARCH) build dist site docs/layers.md .pytest_cache .mypy_cache .ruff_cache .hypothesis

# What runs the program, and nothing else.
$(VENV)/program: pyproject.toml
	@echo "Installing cnncalc into $(VENV) ..."
	@test -x $(VENV)/bin/python || "$$($(FIND_PYTHON))" -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --editable .
	@touch $@

# The tools of those who change it, on top.
$(VENV)/installed: $(VENV)/program
	@echo "Installing the tools for tests and lint into $(VENV) ..."
	@$(VENV)/bin/python -m pip install --quiet --editable '.[dev]'
	@touch $@

$(VENV)/docs: $(VENV)/installed
	@echo "Installing the tools for the site into $(VENV) ..."
	@$(VENV)/bin/python -m pip install --quiet --editable '.[docs]'
	@touch $@

$(PEERS)/installed: pyproject.toml tests/peers/requirements.txt
	@echo "Installing cnncalc, Keras and PyTorch into $(PEERS) ..."
	@test -x $(PEERS)/bin/python || "$$($(FIND_PYTHON))" -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install --quiet --editable . --requirement tests/peers/requirements.txt
	@touch $@

$(SEARCH)/installed: pyproject.toml
	@echo "Installing cnncalc, Dask, pyarrow, pandas, polars and DuckDB into $(SEARCH) ..."
	@test -x $(SEARCH)/bin/python || "$$($(FIND_PYTHON))" -m venv $(SEARCH)
	@$(SEARCH)/bin/python -m pip install --quiet --editable '.[search]' 'pytest>=8'
	@touch $@

$(LOWEST)/installed: pyproject.toml tests/lowest.txt
	@echo "Installing cnncalc with the oldest versions that it allows into $(LOWEST) ..."
	@test -x $(LOWEST)/bin/python || "$$($(FIND_PYTHON))" -m venv $(LOWEST)
	@$(LOWEST)/bin/python -m pip install --quiet --editable . --constraint tests/lowest.txt \
		'pytest>=8' 'pytest-xdist>=3.5' 'hypothesis>=6.100' 'jsonschema>=4.20'
	@touch $@
