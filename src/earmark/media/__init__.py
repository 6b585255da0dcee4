"""Files of sound and pictures as containers of streams: opened, heard, copied, encoded anew.

PyAV does the work. Everything that goes wrong becomes one sentence naming the file.
"""
