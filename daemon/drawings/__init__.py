"""Folders of the inbox in which every picture is a drawing: each saved version becomes a job.

The drawings stay where they are; what is dropped into the inbox are ordinary jobs that name them.
"""
