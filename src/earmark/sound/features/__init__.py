"""Features of a sound besides the log-mel spectrogram, streaming, a file each."""
