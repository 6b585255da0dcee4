"""A trained network as a model folder: ONNX, card, calibration, 8 bits."""
