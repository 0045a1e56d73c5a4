# make demo   a picture on a fresh machine        make test   the whole default suite
# make run    the daemon on this checkout         make lint   ruff, mypy and the floors
# make faults    fault injection, bounded; make faults-full: the large counts
# make docs      job.schema.json and the docs' tables written anew, then tables and links checked
# make measure   latency, overhead, memory and throughput of the daemon on this machine
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	  if command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info < (3,14))' 2>/dev/null; \
	  then echo $$p; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: docs faults faults-full demo test run measure lint setup clean
.DEFAULT_GOAL := demo

$(READY): pyproject.toml constraints.txt
ifeq ($(strip $(PYTHON)),)
	@echo "Hotfolder needs Python 3.11, 3.12 or 3.13, and none was found on this machine's PATH." >&2
	@echo "Install one (https://www.python.org/downloads, 'brew install python@3.13' or 'apt install python3 python3-venv')," >&2
	@echo "or name it: make PYTHON=/path/to/python3.12 demo" >&2
	@exit 1
else
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  echo "This Python ($(PYTHON)) has no venv module; on Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON) (once; a few minutes) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@
endif

setup: $(READY)

demo: $(READY)
	@$(BIN)/python examples/demo.py
	@echo "To serve this folder: make run. The command is $(BIN)/hotfolder; '. $(BIN)/activate' makes it 'hotfolder'."

# Twice as many at once as two cores: half of its time a test waits.
test: $(READY)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 4 --dist worksteal

# Fault injection: kills, full disks, power cuts, hostile files; prints one table of figures.
AT_ONCE ?= 2
faults: $(READY)
	HOTFOLDER_FAULTS=bounded OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/faults -n $(AT_ONCE) --dist worksteal -q

faults-full: $(READY)
	HOTFOLDER_FAULTS=full OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/faults -n $(AT_ONCE) --dist worksteal -q

run: $(READY)
	$(BIN)/python -m daemon run --root .

measure: $(READY)
	$(BIN)/python tests/measure.py
	$(BIN)/python tests/measure_boards.py
	$(BIN)/python tests/measure_thumbs.py

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(READY)
	PYTHONPATH=tests $(BIN)/python -m support.doc_tables
	$(BIN)/python -m pytest -q tests/rules/test_docs.py

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
