"""A report of predictions as a folder: a page for people and two files for programs."""
