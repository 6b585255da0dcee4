"""The study of what layers listen to, behind docs/layers.md."""
