"""The workshop: what makes the shipped weights, and the studies behind them.

It needs a corpus, teachers and a checkout of the repository; no user needs it. ``make_models.py``
is the way through: it names every step from the corpus to the eight model folders.
"""
