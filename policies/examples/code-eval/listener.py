"""A listener that an escape would reach: on 127.0.0.1 and on a Unix socket, until it is ended.

    listener.py DIR

makes DIR/sock, writes its TCP port to DIR/port and one line to DIR/seen for each visitor.
"""
import os
import selectors
import socket
import sys

where = sys.argv[1]
tcp = socket.create_server(("127.0.0.1", 0))
unix = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
unix.bind(os.path.join(where, "sock"))
unix.listen()

selector = selectors.DefaultSelector()
selector.register(tcp, selectors.EVENT_READ, "tcp")
selector.register(unix, selectors.EVENT_READ, "unix")

seen = open(os.path.join(where, "seen"), "a", buffering=1)
with open(os.path.join(where, "port.new"), "w") as f:
    f.write(f"{tcp.getsockname()[1]}\n")
os.rename(os.path.join(where, "port.new"), os.path.join(where, "port"))

while True:
    for key, _ in selector.select():
        visitor, _ = key.fileobj.accept()
        seen.write(key.data + "\n")
        try:
            visitor.sendall(b"hello")
        except OSError:
            pass
        visitor.close()
