"""One thread is fastest for nets this small, above all while the other cores are busy."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
