# What developers type most; `just` lists it. Everything else is in .ci/run.

python := ".venv/bin/python"

default:
    @just --list

# make the virtual environment
setup:
    python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]'

# run the tests
test *args:
    {{python}} -m pytest -n 2 {{args}}

# format, lint, types
check:
    {{python}} -m ruff format . && {{python}} -m ruff check --fix . && {{python}} -m mypy

# build dist/ from raw/, with the versions that its manifest is to name
dist:
    .venv/bin/pip install -q -c constraints/dist.txt -e '.[test]' && .venv/bin/dataset-tools build

# build the documentation into site/; `.venv/bin/zensical serve` shows it while it is written
docs:
    .venv/bin/pip install -q -e '.[docs]' && .venv/bin/zensical build --strict

# all that CI does
ci:
    .ci/run
