"""`python -m daemon.engine`: one worker."""

from __future__ import annotations

from daemon.engine.host.main import main

if __name__ == "__main__":
    main()
