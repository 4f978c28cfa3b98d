"""The whole test command and its parts: `python -m config.testing VERB`, or `make VERB`."""
