"""打印进程: the server's documents are made by a process of their own, of the lowest priority, so that no request waits.

The compiler keeps Python's lock while it works, a tenth of a second a page, and a QR code is drawn in Python. The server writes what is to be printed to
the process's standard input and reads the PDF from its output; the process ends with the server, whichever way that ends.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO, cast

from banshi.infra import pdf

_HEAD = struct.Struct(">?I")  # whether it was printed; the length of what follows
_LOWEST = 19


class Printer:
    """打印进程 as the server sees it: one page at a time; a process that died is replaced at the next."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __call__(self, template: Path, plain: dict[str, Any], timestamp: int) -> bytes:
        """The PDF. Raises `pdf.CannotPrint`."""
        asked = json.dumps([str(template), plain, timestamp], ensure_ascii=False).encode()
        with self._lock:
            try:
                into, out = self._pipes()
                _write(into, True, asked)
                made, content = _read(out)
            except (OSError, EOFError) as error:
                self.stop()
                raise pdf.CannotPrint(
                    "打印进程中断了，过一会儿再试。 / The printing process broke off; try again later."
                ) from error
        if not made:
            raise pdf.CannotPrint(content.decode())
        return content

    def stop(self) -> None:
        """End the process; the next page starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _pipes(self) -> tuple[BinaryIO, BinaryIO]:
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-P", "-m", "banshi.infra.printer"]
            here = str(Path(__file__).resolve().parents[2])  # where this package was imported from
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": here},
            )
        return cast(BinaryIO, self._process.stdin), cast(BinaryIO, self._process.stdout)


def serve(into: BinaryIO, out: BinaryIO) -> None:
    """Print what is asked for until there is nothing more to read."""
    os.nice(_LOWEST)
    while True:
        try:
            _, asked = _read(into)
        except EOFError:
            return
        template, plain, timestamp = json.loads(asked)
        try:
            _write(out, True, pdf.print_here(Path(template), plain, timestamp))
        except pdf.CannotPrint as error:
            _write(out, False, str(error).encode())


def _write(pipe: BinaryIO, good: bool, content: bytes) -> None:
    pipe.write(_HEAD.pack(good, len(content)))
    pipe.write(content)
    pipe.flush()


def _read(pipe: BinaryIO) -> tuple[bool, bytes]:
    good, length = _HEAD.unpack(_exactly(pipe, _HEAD.size))
    return good, _exactly(pipe, length)


def _exactly(pipe: BinaryIO, length: int) -> bytes:
    content = pipe.read(length)
    if len(content) < length:
        raise EOFError
    return content


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
