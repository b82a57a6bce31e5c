"""Finds the known misconception that a wrong answer behaves like."""
