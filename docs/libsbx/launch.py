"""launch.py - libsbx from another language, by its plain C interface:  launch.py PLAN NAME=VALUE PROGRAM [ARG]...

SBX_LIBRARY names the library; otherwise the system's is taken.
"""
import ctypes
import ctypes.util
import os
import sys


class Error(ctypes.Structure):
    _fields_ = [("code", ctypes.c_char * 8), ("exit_code", ctypes.c_int), ("text", ctypes.c_char * 6656)]


class Options(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_size_t),
        ("argv", ctypes.POINTER(ctypes.c_char_p)),
        ("envp", ctypes.POINTER(ctypes.c_char_p)),
        ("set", ctypes.POINTER(ctypes.c_char_p)),
        ("stdio", ctypes.POINTER(ctypes.c_int)),
        ("directory", ctypes.c_char_p),
    ]


class Status(ctypes.Structure):
    _fields_ = [
        ("exited", ctypes.c_int),
        ("code", ctypes.c_int),
        ("signal", ctypes.c_int),
        ("limit", ctypes.c_char_p),
        ("wall_us", ctypes.c_uint64),
        ("user_us", ctypes.c_uint64),
        ("system_us", ctypes.c_uint64),
        ("peak_bytes", ctypes.c_uint64),
        ("cpu_of_job", ctypes.c_int),
        ("memory_of_job", ctypes.c_int),
        ("pids_peak", ctypes.c_uint64),
        ("oom_kills", ctypes.c_uint64),
        ("pids_refused", ctypes.c_uint64),
    ]


def load():
    name = os.environ.get("SBX_LIBRARY") or ctypes.util.find_library("sbx") or "libsbx.so.0"
    sbx = ctypes.CDLL(name)
    sbx.sbx_plan_open.restype = ctypes.c_void_p
    sbx.sbx_plan_open.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(Error)]
    sbx.sbx_launch.restype = ctypes.c_void_p
    sbx.sbx_launch.argtypes = [ctypes.c_void_p, ctypes.POINTER(Options), ctypes.POINTER(Error)]
    sbx.sbx_wait.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(Status)]
    sbx.sbx_process_close.argtypes = [ctypes.c_void_p]
    sbx.sbx_process_close.restype = None
    sbx.sbx_plan_close.argtypes = [ctypes.c_void_p]
    sbx.sbx_plan_close.restype = None
    return sbx


def strings(words):
    return (ctypes.c_char_p * (len(words) + 1))(*[w.encode() for w in words], None)


def main():
    if len(sys.argv) < 4:
        sys.exit("usage: launch.py PLAN NAME=VALUE PROGRAM [ARG]...")
    sbx, error, status = load(), Error(), Status()
    options = Options(size=ctypes.sizeof(Options), argv=strings(sys.argv[3:]), set=strings([sys.argv[2]]))
    plan = sbx.sbx_plan_open(sys.argv[1].encode(), None, error)
    process = plan and sbx.sbx_launch(plan, options, error)
    if not process:
        sys.stderr.write(error.text.decode())
        sys.exit(error.exit_code)
    sbx.sbx_wait(process, -1, status)
    print(f"ended with {status.code if status.exited else 128 + status.signal}")
    sbx.sbx_process_close(process)
    sbx.sbx_plan_close(plan)


main()
