# One command each; every one makes its own set-up and is quick when nothing changed.
PYTHON ?= python3
PORT   ?= 8501
FOLDER ?=
# GPU=1 for a GPU of NVIDIA: an environment of its own, since two TensorFlows overwrite each other.
GPU    ?=
VENV   := .venv$(if $(GPU),-gpu)
BIN    := $(VENV)/bin
RUNTIME := requirements$(if $(GPU),-gpu).txt
export TF_CPP_MIN_LOG_LEVEL ?= 3
# Two arenas: glibc's default keeps freed pictures of every thread for ever.
export MALLOC_ARENA_MAX ?= 2

LOCK   := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header
# Three tests of a browser may miss a moment on a busy machine; each is told with its traceback.
TESTS  := $(BIN)/python -m pytest --numprocesses 2 --max-suite-reruns 3 --rerun-show-tracebacks
EXTRAS := requirements-postgresql.txt requirements-oidc.txt

.PHONY: run team test test-all lint bench studio lock screenshots demo clean

run: $(VENV)/.runtime            ## open the dashboard on the demo; GPU=1 with a GPU of NVIDIA
	$(BIN)/streamlit run app.py --server.port $(PORT)

team: $(VENV)/.team              ## two replicas, a proxy, PostgreSQL, until Ctrl-C; FOLDER=... keeps them
	$(BIN)/python -m hosting --port $(PORT) $(if $(FOLDER),--folder $(FOLDER))

test: $(VENV)/.browser $(VENV)/.team   ## the tests, a browser included
	$(TESTS) -m "not whole"

test-all: $(VENV)/.browser $(VENV)/.team   ## and those that take whole families, or many draws
	$(TESTS)

lint: $(VENV)/.development       ## style, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.development      ## ratios, measured in one run
	$(BIN)/python -m benchmarks

studio: $(VENV)/.development     ## an imitation of Edge Impulse Studio, to try the connection
	$(BIN)/python -m tests.studio

lock: $(VENV)/.development       ## what the container installs, locked to hashes
	$(LOCK) requirements.txt $(EXTRAS) --output-file requirements.lock
	cp requirements.lock requirements-gpu.lock   # uv stays with the versions that it finds there
	$(LOCK) requirements-gpu.txt $(EXTRAS) --output-file requirements-gpu.lock

screenshots: $(VENV)/.browser    ## the pictures of README and docs
	$(BIN)/python -m tests.browser.screenshots

demo: $(VENV)/.runtime           ## draw and train the demo projects again
	$(BIN)/python demo/make_demo.py

clean:
	rm -rf .venv .venv-gpu .cache .pytest_cache .mypy_cache .ruff_cache

# ---------------------------------------------------------------------------------- set-up

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "Python's venv module is missing; on Debian: apt install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.runtime: $(RUNTIME) requirements-without-tensorflow.txt $(VENV)/.created
	$(BIN)/python -m pip install --quiet --requirement $(RUNTIME)
	@touch $@

$(VENV)/.development: requirements-dev.txt requirements-peers.txt requirements-postgresql.txt $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --requirement requirements-peers.txt
	@touch $@

$(VENV)/.ray: requirements-ray.txt $(VENV)/.development
	$(BIN)/python -m pip install --quiet --requirement requirements-ray.txt
	@touch $@

$(VENV)/.browser: tests/browser/install.py $(VENV)/.development
	$(BIN)/python tests/browser/install.py
	@touch $@

# Where they cannot be installed, what needs them says so.
$(VENV)/.team: hosting/install.py $(VENV)/.development
	-$(BIN)/python hosting/install.py && touch $@
