"""The pytest plugin behind `pytest katas/`."""
