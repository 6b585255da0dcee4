"""What training needs beyond the core, or one sentence that says how to get it."""

from importlib import import_module

from earmark.errors import TrainingError
from earmark.extras import install_command

PACKAGES = ("torch", "safetensors", "tomli_w", "onnx", "onnxscript")


def require_training() -> None:
    """See that the extra ``train`` is installed.

    Raises
    ------
    TrainingError
        One sentence with the way to get it.
    """
    try:
        for package in PACKAGES:
            import_module(package)
    except ImportError as error:
        raise TrainingError(
            f"training needs {error.name or package}: {install_command('train')}"
        ) from error
