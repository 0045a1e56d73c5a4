"""From a job to pictures with nothing left open: sizes, seeds, inputs, names.

Pure but for looking at files; knows nothing of the worker or of publishing.
"""
