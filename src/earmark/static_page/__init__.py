"""A copy of the page for any static host, which tags in the browser: a model in, a folder out.

`page/` holds what is the static page's own; the rest comes from the page of ``earmark serve``.
"""
