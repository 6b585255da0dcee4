"""Earmark over HTTP: sounds come in, tags go out; a page on top of the same.

``app`` puts the parts together; ``crew`` owns the worker processes, ``worker`` is one of them;
``uploads`` and ``fetch`` bring sound in, bounded; ``guard`` decides who may ask; ``problems`` says
what went wrong (RFC 9457). Routes hold no logic of hearing: they ask the crew.
"""
