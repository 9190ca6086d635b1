"""The library that NumPy or PyTorch multiplies with, as this process has mapped it.

What a peer was built with says little: on Debian both call whatever libblas.so.3 is, OpenBLAS or
the reference BLAS, which is many times slower. So it is asked where the peer's dgemm is.
"""

import ctypes
import importlib
import os
import re

# Of each peer: its name, the library that calls the BLAS, and the function.
PEERS = {
    "numpy": ("NumPy", "_multiarray_umath", "cblas_dgemm"),
    "torch": ("PyTorch", "libtorch_cpu", "dgemm_"),
}
FORMS = [("", ""), ("", "64_"), ("scipy_", "64_")]  # wheels rename the functions
OPTIMISED = re.compile("mkl|blis|atlas|accelerate", re.IGNORECASE)


def described(peer):
    """The peer's version and BLAS in words, and whether that BLAS is an optimised one."""
    module = importlib.import_module(peer)
    name, caller, function = PEERS[peer]
    found = owner(caller, function)
    blas, optimised = library(found)
    if peer == "torch":
        built = module.__config__.show()
        inside = re.search("BLAS_INFO=(mkl|open|blis)|Math Kernel Library", built)
        linked_in = not found or caller in os.path.basename(found[0])
        if not optimised and linked_in and inside:
            blas, optimised = inside.group(1) or "mkl", True
        loops = re.search("CPU capability usage: (.*)", built)
        blas += f"; its own loops use {loops.group(1) if loops else 'what nobody tells'}"
    return f"{name} {module.__version__}: {blas}", optimised


def library(found):
    """What is known of a library that owner() has found, and whether it is an optimised one."""
    if not found:
        return "BLAS unknown", False
    path, prefix, suffix = found
    names = (prefix + "openblas_get_" + what + suffix for what in ("config", "corename"))
    texts = [getattr(ctypes.CDLL(path), name, None) for name in names]
    if all(texts):
        for text in texts:
            text.restype = ctypes.c_char_p
        config, core = (text().decode() for text in texts)
        version = " ".join(config.split()[:2])
        asked = ", which OPENBLAS_CORETYPE asks for" if "OPENBLAS_CORETYPE" in os.environ else ""
        return f"{version}, kernel {core}{asked}", True
    if OPTIMISED.search(os.sep.join(path.split(os.sep)[-2:])):  # Debian: …/blis-openmp/libblas.so.3
        return path, True
    return f"the reference BLAS or an unknown one ({path})", False


def owner(caller, function):
    """The file that the function is in, and how it renames functions; None if there is none."""
    callers = {path for _, _, path in mapped() if caller in os.path.basename(path)}
    for loaded in [None, *callers]:  # None: what was preloaded comes first
        for prefix, suffix in FORMS:
            symbol = getattr(ctypes.CDLL(loaded), prefix + function + suffix, None)
            address = ctypes.cast(symbol, ctypes.c_void_p).value if symbol else 0
            for start, end, path in mapped():
                if start <= address < end:
                    return path, prefix, suffix
    return None


def mapped():
    """Each file that is mapped: from which address, to which, and its path."""
    try:
        with open("/proc/self/maps", encoding="utf-8") as maps:
            lines = [line.split(maxsplit=5) for line in maps]
    except OSError:  # not Linux
        return []
    files = [line for line in lines if len(line) == 6 and line[5].startswith("/")]
    return [(*(int(end, 16) for end in line[0].split("-")), line[5].strip()) for line in files]
