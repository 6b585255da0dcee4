"""Trained models, one folder each, and what finds and checks them."""

from earmark.zoo.card import Card, load_card
from earmark.zoo.zoo import find_model, model_names

__all__ = ["Card", "find_model", "load_card", "model_names"]
