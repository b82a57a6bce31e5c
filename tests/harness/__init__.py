"""The machinery behind `pytest katas/`.

One rule: ``catalog`` and ``limits`` ← ``kit`` ← ``checker`` ← ``selftest``. A module imports
only from its own package and from packages to its left; ``tests/test_architecture.py``
checks it.
How the parts work together is in ``README.md`` beside this file.
"""
