"""Handing over: a board or a project as one file for an editor, a director or a colleague.

Reads boards, pictures and records; writes the one file it is asked for (a film's subtitles and the
cards of a timeline beside it). Knows nothing of a running daemon.
"""
