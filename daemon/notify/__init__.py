"""Who is told: log files, log lines, terminal bars.

Consequences only; none of them can fail a job.
"""
