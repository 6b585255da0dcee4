# Two commands: `make tag [FILE=song.mp3]` sets up and tags, `make test` sets up and tests.
PYTHON ?= python3
BIN := .venv/bin
TYPED := $(addprefix src/earmark/, sound tagging vocabulary evaluation) $(wildcard src/earmark/*.py)

tag: .venv/earmark
	@$(BIN)/earmark tag $(if $(FILE),"$(FILE)")

test: .venv/earmark-dev
	@tests/system_packages.sh
	@tests/node_packages.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pytest -n 2 --dist loadfile

# The quick part: style, who knows whom, types where they are complete, tests without models.
check: .venv/earmark-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy --strict --ignore-missing-imports --follow-imports=silent $(TYPED)
	$(BIN)/pytest tests/vocabulary tests/test_atomic.py tests/test_cores.py tests/test_threads.py

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
