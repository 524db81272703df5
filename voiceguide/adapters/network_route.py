"""Whether this computer has a way to a network. Asks its routing table; sends nothing.

Connecting a UDP socket only chooses the route: no packet leaves, no name is looked up, and the
answer comes at once. So nobody outside learns that a session has begun.
"""

import socket

_ANYWHERE = "192.0.2.1"  # set apart for documents (RFC 5737): nobody is there
_PORT = 9


def has_route(address: str = _ANYWHERE, port: int = _PORT) -> bool:
    """Whether packets to this IPv4 address would have a way out."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
            unused.connect((address, port))
    except OSError:
        return False
    return True
