"""What proves the repository. A learner's check loads none of it."""
