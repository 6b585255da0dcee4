"""The one place that opens a network in ONNX Runtime, and keeps it from telling about its users.

As it is imported, ONNX Runtime 1.32 writes a device id and a queue of telemetry under the user's
home, unless a variable forbids it; its own switch comes too late for that.
"""

import os
from typing import Any


def forbid_telemetry() -> None:
    """Keep ONNX Runtime from writing and sending anything, here and in processes started by us.

    Whoever imports any part of ``onnxruntime`` calls this first.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"


def open_session(network: bytes | str | os.PathLike[str], threads: int = 1) -> Any:
    """An ``onnxruntime.InferenceSession`` on the processor.

    Parameters
    ----------
    network : bytes or path, of an ONNX file
    threads : int > 0
        One thread a process, one process a core gives the most.
    """
    forbid_telemetry()
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    content = network if isinstance(network, bytes) else os.fspath(network)
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
