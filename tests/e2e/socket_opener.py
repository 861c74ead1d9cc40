"""An object for a child process that tries to open internet sockets."""

from __future__ import annotations

import socket


class SocketOpener:
    """Says what comes of it."""

    def open(self) -> list[str]:
        outcomes = []
        for family in (socket.AF_INET, socket.AF_INET6):
            try:
                socket.socket(family).close()
                outcomes.append("opened")
            except OSError as error:
                outcomes.append(type(error).__name__)
        return outcomes
