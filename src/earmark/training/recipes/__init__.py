"""Recipes: what a run is told, and the shipped ones."""
