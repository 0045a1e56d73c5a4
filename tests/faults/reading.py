"""Reads job files from standard input as the daemon would, and says what each cost.

A process of its own, so that its peak memory is the readers' alone, and a crash or a hang is seen
from outside. Each file comes as four bytes of length and its bytes; the answer is the processor
seconds it took, as eight bytes.
"""

import faulthandler
import struct
import sys
import time

HANG = 900.0


def main() -> None:
    sys.path.insert(0, sys.argv[1])
    from support.fuzzing import try_all

    files, answers = sys.stdin.buffer, sys.stdout.buffer
    while len(head := files.read(4)) == 4:
        data = files.read(struct.unpack("<I", head)[0])
        faulthandler.dump_traceback_later(HANG, exit=True)
        begun = time.process_time()
        try_all(data)
        answers.write(struct.pack("<d", time.process_time() - begun))
        answers.flush()
    faulthandler.cancel_dump_traceback_later()


if __name__ == "__main__":
    main()
