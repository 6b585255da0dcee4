"""How good scores are: ranking metrics per tag, their mean, and their uncertainty."""
