"""Many machines: sounds anywhere to Parquet anywhere, on a Ray cluster; no scheduler of our own.

``batch`` is what ``earmark batch`` runs: a list of sounds is divided by a hash of their paths into
partitions, Ray's actors hear one partition after the other, and each becomes one Parquet file,
whole or not at all. :class:`TagBatch` is the piece for pipelines of one's own.
"""

from earmark.cluster.tag_batch import TagBatch

__all__ = ["TagBatch"]
