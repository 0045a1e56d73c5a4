"""What lies in the inbox, whether it is whole, and what comes next.

Moves nothing: claiming is the spool's.
"""
