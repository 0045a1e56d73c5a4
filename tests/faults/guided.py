"""Reads files that libFuzzer makes, guided by which lines of the job file's reader they reach.

python guided.py TESTS RUNS SEED CORPUS
"""

import sys

import atheris


def main() -> None:
    tests, runs, seed, corpus = sys.argv[1:]
    sys.path.insert(0, tests)
    with atheris.instrument_imports(
        include=["daemon.jobfile", "daemon.settings", "daemon.text.failure_letter"]
    ):
        from support.fuzzing import try_all
    limits = ["-timeout=900", "-rss_limit_mb=600", "-max_len=4000", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], f"-runs={runs}", f"-seed={seed}", *limits, corpus], try_all)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
