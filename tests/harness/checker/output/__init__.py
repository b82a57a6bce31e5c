"""Prints verdicts for people, and writes them for programs."""
