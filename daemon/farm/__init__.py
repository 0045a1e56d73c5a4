"""The one-shot of a farm: boards and jobs as pictures in a folder, what is there already left out.

Knows no inbox of a person's and starts no daemon: which pictures are wanted, which of them lie in
the folder, how they get there, and how far it is. `daemon.cli.render` puts it together.
"""
