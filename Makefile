# Two commands: `make tag [FILE=song.mp3]` sets up and tags, `make test` sets up and tests.
PYTHON ?= python3
BIN := .venv/bin
TYPED := $(addprefix src/earmark/, sound tagging vocabulary evaluation) $(wildcard src/earmark/*.py)

QUICK := tests/vocabulary tests/evaluation tests/tagging \
	$(addprefix tests/test_, atomic.py cores.py extras.py mutations.py names.py pool.py threads.py)

tag: .venv/earmark
	@$(BIN)/earmark tag $(if $(FILE),"$(FILE)")

test: .venv/earmark-dev
	@tests/system_packages.sh
	@tests/node_packages.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pytest -n 2 --dist loadfile

# The quick part, under a minute: style, who knows whom, types, the rooms that all others stand on.
check: .venv/earmark-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy --strict --ignore-missing-imports --follow-imports=silent $(TYPED)
	$(BIN)/pytest -n 2 --dist loadfile $(QUICK)

# The oldest releases that pyproject.toml admits, in an environment that is thrown away.
lowest:
	PYTHON=$(PYTHON) tests/lowest.sh

bench: .venv/earmark
	$(BIN)/python benchmarks/pipeline.py

.venv/earmark: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable .
	touch $@

# torch comes first and exactly, in a build for processors only.
.venv/earmark-dev: pyproject.toml
	$(PYTHON) -m venv .venv
	@tests/torch.sh $(BIN)/pip
	$(BIN)/pip install --quiet --editable ".[train,data,plots,library,live,serve,ray,dev]"
	touch $@ .venv/earmark

.PHONY: tag test check lowest bench
