"""One file for each kata: the properties that an answer must have."""
