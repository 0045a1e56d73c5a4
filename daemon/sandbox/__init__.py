"""Foreign pictures and model files opened in a child process, which may hang, swell or die.

The daemon opens such a file once, judges its descriptor, and hands that down; what a library makes
of the content costs the child, never the daemon. Knows nothing of jobs.
"""
