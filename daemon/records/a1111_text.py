"""A1111's text as pictures carry it; `jobfile` takes it apart, since text files hold it too."""

from daemon.jobfile.a1111_text import NEGATIVE, A1111Text, has_settings, split_text

__all__ = ["NEGATIVE", "A1111Text", "has_settings", "split_text"]
