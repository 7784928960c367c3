# The steps are in bootstrap.py, for machines without make.
PYTHON ?= python3

.PHONY: demo test

demo:
	@$(PYTHON) -m bootstrap demo

test:
	@$(PYTHON) -m bootstrap test
