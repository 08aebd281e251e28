#!/usr/bin/env python3
"""recorded.py - an ordinary python program, for a recording of calls: files, json, a socket on loopback, threads,
subprocesses, a database, hashes."""
import concurrent.futures
import hashlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time


def serve(listener):
    for _ in range(20):
        peer, _ = listener.accept()
        with peer:
            peer.sendall(peer.recv(4096)[::-1])


def sockets():
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=serve, args=(listener,))
    thread.start()
    for i in range(20):
        with socket.create_connection(listener.getsockname()) as s:
            s.sendall(b"%d" % i * 100)
            s.recv(4096)
    thread.join()
    listener.close()


def files(top):
    for i in range(100):
        path = os.path.join(top, "d%d" % (i % 10), "f%d.json" % i)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            json.dump({"n": i, "v": list(range(i))}, f)
    digests = []
    for base, _, names in os.walk(top):
        for name in sorted(names):
            with open(os.path.join(base, name), "rb") as f:
                digests.append(hashlib.sha256(f.read()).hexdigest())
    return digests


def database(top):
    with sqlite3.connect(os.path.join(top, "db")) as db:
        db.execute("create table t(a, b)")
        db.executemany("insert into t values(?, ?)", ((i, str(i)) for i in range(1000)))
        db.commit()
        return db.execute("select count(*) from t").fetchone()


def main():
    top = tempfile.mkdtemp()
    try:
        files(top)
        database(top)
        sockets()
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda n: time.sleep(0.001) or n * n, range(40)))
        for _ in range(5):
            subprocess.run(["ls", "-l", top], stdout=subprocess.DEVNULL, check=True)
    finally:
        shutil.rmtree(top)


main()
