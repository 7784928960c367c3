# The steps are in bootstrap.py, for machines without make.
PYTHON ?= python3

.PHONY: demo test battery docs

demo:
	@$(PYTHON) -m bootstrap demo

test:
	@$(PYTHON) -m bootstrap test

battery:
	@$(PYTHON) -m bootstrap battery

docs:
	@$(PYTHON) -m bootstrap docs
