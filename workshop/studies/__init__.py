"""One-off studies: what they found stands in docs/."""
