"""What ``earmark genres`` does: list, show and check maps, and learn one from sorted music.

The maps themselves, which need no sound, are :mod:`earmark.vocabulary.genres`.
"""
