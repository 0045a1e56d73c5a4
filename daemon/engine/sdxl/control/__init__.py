"""Pictures that say what is where: control models, what they are shown, what they add to a call.

Knows no job file; drawings come in cleaned.
"""
