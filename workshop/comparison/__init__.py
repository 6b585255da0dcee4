"""The comparison of networks, features and front ends behind docs/comparison.md."""
