"""The ladder from log-mel windows to a Tagging: network, tagger, calibration, result."""

from earmark.tagging.network import Network
from earmark.tagging.result import Tagging, Timeline
from earmark.tagging.tagger import Tagger

__all__ = ["Network", "Tagger", "Tagging", "Timeline"]
