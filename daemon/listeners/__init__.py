"""Who else is told, each as its owner wants it: the desktop, hooks, webhooks, scripts, the system.

Listeners of the stream of events and readers of the status. None of them can delay a job or fail
one, and none does anything that settings or files of the root don't ask for.
"""
