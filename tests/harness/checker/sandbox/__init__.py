"""Runs each kata's tests in a child process, within limits."""
