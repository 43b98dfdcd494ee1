"""JSON over a socket, with a length in front. The other side may be a stranger."""

import json
import math
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

LARGEST = 24 * 2**20
MOST_PARTS = 300_000  # brackets and commas; a cell's 2000 outputs with text of commas have fewer


class MessageError(ValueError):
    """What came is no message."""


def send(channel: socket.socket, message: dict[str, Any]) -> None:
    """Send one message. Raises OSError (also on the socket's own timeout)."""
    data = json.dumps(message).encode("ascii")
    channel.sendall(struct.pack(">I", len(data)) + data)


def receive(channel: socket.socket, largest: int = LARGEST) -> dict[str, Any]:
    """The next message. Raises EOFError at the end, MessageError for anything else, OSError."""
    return decode(_exactly(channel, _length(_exactly(channel, 4), largest)))


def decode(data: bytes, most_parts: int | None = None) -> dict[str, Any]:
    """Raises MessageError.

    most_parts: brackets and commas that a stranger's message may have, counted before it is read:
    the objects of ``[],[],…`` take 25 times the memory of its text.
    """
    try:
        text = data.decode("ascii")
        if most_parts is not None and sum(map(text.count, "[{,")) > most_parts:
            raise MessageError(f"It has more than {most_parts:,} parts.")
        message = json.loads(text, parse_constant=_no_constant)
    except MessageError:
        raise
    except (ValueError, RecursionError):
        raise MessageError("It is not JSON.") from None
    if not isinstance(message, dict):
        raise MessageError("It is not a message.")
    return message


class Reader:
    """Receives one message at a time, however slowly a stranger sends it."""

    def __init__(self, channel: socket.socket, largest: int = LARGEST) -> None:
        self._channel = channel
        self._largest = largest
        self._buffer = bytearray()

    def next(self, wait: Callable[[float], bool], deadline: float) -> dict[str, Any] | None:
        """The next message, or None when ``deadline`` passes first.

        wait: given the seconds left, waits for the socket to be readable; False when it is not.
        Raises EOFError, MessageError, OSError.
        """
        while True:
            if len(self._buffer) >= 4:
                length = _length(bytes(self._buffer[:4]), self._largest)
                if len(self._buffer) >= 4 + length:
                    data = bytes(self._buffer[4 : 4 + length])
                    del self._buffer[: 4 + length]
                    return decode(data, MOST_PARTS)
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            if wait(left):
                more = self._channel.recv(2**16, socket.MSG_DONTWAIT)
                if not more:
                    raise EOFError
                self._buffer += more


def _length(head: bytes, largest: int) -> int:
    (length,) = struct.unpack(">I", head)
    if length > largest:
        raise MessageError(f"It announces {length:,} bytes; {largest:,} are allowed.")
    return int(length)


def _exactly(channel: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        more = channel.recv(min(count - len(data), 2**16))
        if not more:
            raise EOFError
        data += more
    return bytes(data)


def _no_constant(name: str) -> float:
    return math.nan
