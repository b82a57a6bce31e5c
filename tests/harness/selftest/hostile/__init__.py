"""Answers that misbehave, and what a check promises in spite of them."""
