"""Unroll beside NumPy (OpenBLAS), PyTorch and onnxruntime: cases in turn, as a table of ratios.

    mvn -q -Pbench package -DskipTests
    /usr/bin/python3 src/bench/compare.py --kernel simd --threads 1 --rounds 3

Every round gives each side one short process for each case, ours first in odd rounds, theirs in
even ones; what is compared is the medians over the rounds. On one thread all processes are pinned
to one core. The peers need Debian's python3-numpy, libopenblas0-pthread and python3-torch; which
BLAS they multiply with is printed, and without an optimised one nothing is measured, unless
--any-blas is given. With --against the only peer is the benchmarks.jar of another commit: what a
change costs. With --clock cpu times are processor time, on one thread: for a machine that others
use too.

The case onnx is not among the usual ones; it needs another build, and PyTorch to write the model:

    mvn -q -Pbench,onnxruntime package -DskipTests
    /usr/bin/python3 src/bench/compare.py --cases onnx --kernel simd --threads 1 --rounds 5

--kernel default the kernel hands over to vectors by itself, for which it needs a warm-up; --peak
compares it with the vectors that are there from the first call:

    /usr/bin/python3 src/bench/compare.py --kernel default --warm-up 30 --peak --rounds 5
"""

import argparse
import json
import os
import pathlib
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time

import peers

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parent.parent / "target"
JAR = TARGET / "benchmarks.jar"
ONNXRUNTIME = TARGET / "onnxruntime.jar"
MODEL = TARGET / "lstm.onnx"
PACKAGE = "io.github.unroll.bench."

PRODUCTS = {
    "512³": "ab 512 512 512",
    "20×200·200×800": "ab 20 200 800",
    "700×200·200×800": "ab 700 200 800",
    "(700×200)ᵀ·700×800": "aTb 200 700 800",
    "20×800·(200×800)ᵀ": "abT 20 800 200",
    "50×100·100×10000": "ab 50 100 10000",
}
FUNCTIONS = {"exp": 1.0e-9, "tanh": 1.5e-9, "sigmoid": 1.5e-9}  # seconds an element
LSTMS = ["20 35 100 100", "20 35 200 200", "20 35 650 650", "32 64 64 128"]
FLOAT32_LSTMS = [LSTMS[0], LSTMS[-1]]
SINGLE = "1 35 64 64"  # a batch of one sequence
GRUS = ["20 35 100 100", SINGLE]
CASES = ["products", "elementwise", "lstm", "gru", "single", "stream", "job", "startup"]
ONNX = {
    "load the .onnx file": "load {} 1",
    "run it, 1 sequence": "run {} 1",
    "run it, 32 sequences": "run {} 32",
}


# What OpenBLAS chooses by the processor, unless the environment says otherwise.
OPENBLAS_CHOICES = {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}


class Case:
    """A row or several: our command's words, and each peer with the floor that stands for it.

    A floor is the least ratio of our speed to the peer's, or None. `limit`, in seconds, is met by
    any time below it, whatever the peer's.
    """

    def __init__(self, title, words, rivals, limit=None):
        self.title, self.words, self.rivals, self.limit = title, words, rivals, limit


def cases(options):
    one_core, simd = options.threads == 1, options.kernel != "plain"

    def floor(with_simd, plain=None):  # the floors are those of one core
        return (with_simd if simd else plain) if one_core else None

    chosen = []
    if "products" in options.cases:
        for title, words in PRODUCTS.items():
            rivals = [("numpy", "f64", floor(0.9, 0.75))]
            chosen.append(Case(title, ["product", *words.split()], rivals))
    if "elementwise" in options.cases:
        for function, limit in FUNCTIONS.items():
            rivals = [("numpy", "f64", floor(1.0))]
            title = f"{function}, an element of {peers.ELEMENTS}"
            chosen.append(Case(title, ["elementwise", function], rivals, floor(limit)))
    if "lstm" in options.cases:
        for sizes in LSTMS:
            rivals = [("torch", "f64", floor(1.3, 1.0))]
            float32 = floor(0.85) if sizes in FLOAT32_LSTMS else None
            rivals.append(("torch", "f32", float32))
            name = "LSTM " + ",".join(sizes.split())
            words = ["lstm", "forwardBackward", *sizes.split()]
            chosen.append(Case(name + " forward + backward", words, rivals))
            words = ["lstm", "forward", *sizes.split()]
            chosen.append(Case(name + " forward", words, [("torch", "f64", None)]))
    if "single" in options.cases:
        words = ["lstm", "forwardBackward", *SINGLE.split()]
        title = f"LSTM {','.join(SINGLE.split())} forward + backward"
        chosen.append(Case(title, words, [("torch", "f64", None)]))
    if "gru" in options.cases:
        for sizes in GRUS:
            words = ["gru", "forwardBackward", *sizes.split()]
            title = f"GRU {','.join(sizes.split())} forward + backward"
            chosen.append(Case(title, words, [("torch", "f64", None)]))
    if "stream" in options.cases:
        rivals = [("torch", "f64", floor(8, 8))]
        chosen.append(Case("LSTM step, batch 1, D 32, H 64", ["stream"], rivals))
    if "job" in options.cases:
        rivals = [
            ("numpy", "f64", floor(3, 3)),
            ("torch", "f64", floor(2.7, 2.7)),
            ("numpy", "f32", floor(1.2, 1.2)),
            ("torch", "f32", None),
        ]
        if not one_core:
            rivals.append(("unroll", "f64", 1.6))  # ourselves on one core
        chosen.append(Case("training job, an epoch", ["job"], rivals))
    if "onnx" in options.cases:
        for title, words in ONNX.items():
            words = ["onnx", *words.format(MODEL).split()]
            chosen.append(Case(title, words, [("onnxruntime", "f32", None)]))
    if options.against or options.peak:
        name, floor = ("against", None) if options.against else ("simd", 0.95)
        for case in chosen:
            case.rivals, case.limit = [(name, "f64", floor)], None
    return chosen


def environment(options, threads):
    names = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]
    settings = {name: str(threads) for name in names}
    if options.openblas:
        settings["OPENBLAS_CORETYPE"] = options.openblas
    chosen = {name: value for name, value in os.environ.items() if name not in OPENBLAS_CHOICES}
    return {**chosen, **settings, "UNROLL_BENCH_CLOCK": options.clock}


def pinned(options, threads, command):
    return ["taskset", "-c", str(options.cpu), *command] if threads == 1 else command


def run(options, threads, command):
    done = subprocess.run(
        pinned(options, threads, command),
        env=environment(options, threads),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"exit code {done.returncode}: {' '.join(command)}")
    return done.stdout


def ours(options, threads, words, jar=JAR, kernel=None):
    kernel = kernel or options.kernel
    flags = [f"-Dunroll.threads={threads}", f"-Dunroll.bench.warmUp={options.warm_up}"]
    if kernel != "plain":
        flags += ["--add-modules", "jdk.incubator.vector"]
        flags.append("-XX:+UseTransparentHugePages")  # as NumPy asks itself
    if kernel == "simd":  # by name too: it must not fall back to plain in silence
        flags.append("-Dunroll.kernel=simd")
    if words[0] == "job" and options.ptb:
        flags.append(f"-Dunroll.bench.text={options.ptb}")
    command = [options.java, *flags, "-cp", str(jar), PACKAGE + "SideBySide", *words]
    return json.loads(run(options, threads, command).splitlines()[-1])


def theirs(options, peer, dtype, words):
    if peer == "unroll":
        return ours(options, 1, words)
    if peer == "simd":
        return ours(options, options.threads, words, kernel="simd")
    if peer == "against":
        return ours(options, options.threads, words, options.against)
    if peer == "onnxruntime":
        flags = [f"-Dunroll.threads={options.threads}"]
        path = os.pathsep.join([str(JAR), str(ONNXRUNTIME)])
        command = [options.java, *flags, "-cp", path, PACKAGE + "OnnxRuntimeRun", *words[1:]]
        return json.loads(run(options, options.threads, command).splitlines()[-1])
    words = words + [options.ptb] if words[0] == "job" and options.ptb else words
    command = [options.python, str(HERE / "peers.py"), peer, dtype, *words]
    return json.loads(run(options, options.threads, command).splitlines()[-1])


def libraries(options, chosen):
    """A line for each peer in Python: version and BLAS. Ends the run if that BLAS is a slow one."""
    wanted = {peer for case in chosen for peer, *_ in case.rivals} & {"numpy", "torch"}
    if has_start_up(options):
        wanted |= {"numpy", "torch"}
    for peer in sorted(wanted):
        command = [options.python, str(HERE / "peers.py"), peer, "f64", "libraries"]
        line, optimised = json.loads(run(options, options.threads, command))
        if not optimised and not options.any_blas:
            sys.exit(
                f"{line}. That is no optimised BLAS that we know, and we would look faster than we "
                "are: apt-get install libopenblas0-pthread, or give --any-blas"
            )
        yield line if optimised else f"{line}, compared because of --any-blas"


def has_start_up(options):
    return "startup" in options.cases and not (options.against or options.peak)


def label(peer, dtype):
    names = {
        "numpy": "NumPy",
        "torch": "PyTorch",
        "onnxruntime": "onnxruntime",
        "unroll": "Unroll, one core,",
        "against": "the other jar",
        "simd": "vectors at once",
    }
    return f"{names[peer]} {dtype}"


def duration(seconds):
    for unit, scale in (("s", 1), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)):
        if seconds >= scale or unit == "ns":
            value = seconds / scale
            return f"{value:.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def row(title, our_seconds, peer_name, peer_seconds, floor, limit=None):
    ratio = peer_seconds / our_seconds
    if floor is None:
        wanted, met = "–", "–"
    else:
        wanted = f"{floor:g}" + (f" or {duration(limit)}" if limit else "")
        holds = ratio >= floor or (limit is not None and our_seconds <= limit)
        met = "yes" if holds else "**no**"
    cells = [title, duration(our_seconds), f"{peer_name}: {duration(peer_seconds)}"]
    return "| " + " | ".join([*cells, f"{ratio:.2f}", wanted, met]) + " |"


def compare(options, case, seen):
    sides = ["ours", *case.rivals]
    seconds = [[] for _ in sides]
    for number in range(options.rounds):
        order = range(len(sides)) if number % 2 == 0 else reversed(range(len(sides)))
        for i in order:
            if i == 0:
                record = ours(options, options.threads, case.words)
                seen.add((record["kernel"], record["java"]))
            else:
                record = theirs(options, *sides[i][:2], case.words)
            seconds[i].append(record["median"])
            say(f"round {number + 1}: {record}")
    medians = [statistics.median(s) for s in seconds]
    for (peer, dtype, floor), median in zip(case.rivals, medians[1:]):
        yield row(case.title, medians[0], label(peer, dtype), median, floor, case.limit)


def start_up(options):
    """A JVM that makes one step of an LSTM, without flags."""
    commands = {
        "ours": [options.java, "-cp", library_path(), PACKAGE + "StartUp"],
        "numpy": [options.python, "-c", peers.START_UP["numpy"]],
        "torch": [options.python, "-c", peers.START_UP["torch"]],
    }
    median = whole_processes(options, commands)
    title, floors = "start-up, no flags", (6, 1.0) if options.threads == 1 else (None, None)
    yield row(title, median["ours"], "PyTorch", median["torch"], floors[0])
    yield row(title, median["ours"], "NumPy", median["numpy"], floors[1])


def first_answer(options):
    """A JVM that reads the .onnx file and runs it once, with the flags that a user would give."""
    flags = ["--add-modules", "jdk.incubator.vector"] if options.kernel == "simd" else []
    peer_path = os.pathsep.join([str(ONNXRUNTIME), str(TARGET / "bench-classes")])
    peer = [options.java, "-cp", peer_path, PACKAGE + "OnnxRuntimeRun", "first", str(MODEL)]
    commands = {
        "ours": [options.java, *flags, "-cp", library_path(), PACKAGE + "OnnxRun", str(MODEL)],
        "onnxruntime": peer,
    }
    median = whole_processes(options, commands)
    title = "from the start to the first answer"
    yield row(title, median["ours"], "onnxruntime f32", median["onnxruntime"], None)


def library():
    """The library's jar."""
    jars = [
        jar
        for jar in TARGET.glob("unroll-*.jar")
        if not jar.stem.endswith(("-app", "-bench", "-sources", "-javadoc"))
    ]
    if len(jars) != 1:
        sys.exit(f"{TARGET}: {len(jars)} library jars, not one: run mvn -Pbench clean package")
    return str(jars[0])


def library_path():
    return os.pathsep.join([library(), str(TARGET / "bench-classes")])


def whole_processes(options, commands):
    """Median time of whole processes, seven of each a round, in turn."""
    seconds = {name: [] for name in commands}
    for name, command in commands.items():
        run(options, options.threads, command)  # the first reads the disk
    for number in range(7 * options.rounds):
        for name, command in commands.items():
            start = now(options)
            run(options, options.threads, command)
            seconds[name].append(now(options) - start)
    say(f"start-up: {seconds}")
    return {name: statistics.median(s) for name, s in seconds.items()}


def now(options):
    if options.clock == "wall":
        return time.perf_counter()
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def say(line):
    print(line, file=sys.stderr, flush=True)


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def parsed_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", default=",".join(CASES), help="of " + ",".join([*CASES, "onnx"]))
    parser.add_argument("--jdk", default=os.environ.get("JAVA_HOME"), help="home of the JDK")
    parser.add_argument("--kernel", choices=["simd", "plain", "default"], default="simd")
    parser.add_argument("--warm-up", type=float, default=2, help="seconds before our times count")
    parser.add_argument("--peak", action="store_true", help="the peer is --kernel simd")
    parser.add_argument("--threads", type=int, choices=[1, 2], default=1)
    parser.add_argument("--cpu", type=int, default=0, help="the core that one thread is pinned to")
    parser.add_argument("--clock", choices=["wall", "cpu"], default="wall")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ptb", help="ptb.train.txt; without it the job's tokens are Zipf's")
    parser.add_argument("--against", help="benchmarks.jar of another commit, in place of the peers")
    parser.add_argument("--openblas", help="the kernel of OpenBLAS, such as Haswell, not its choice")
    parser.add_argument("--any-blas", action="store_true", help="peers without an optimised BLAS")
    parser.add_argument("--python", default=sys.executable, help="the peers' Python")
    options = parser.parse_args()
    options.cases = options.cases.split(",")
    unknown = set(options.cases) - {*CASES, "onnx"}
    if unknown:
        parser.error(f"--cases: {', '.join(sorted(unknown))}: not of {', '.join(CASES)}, onnx")
    if options.clock == "cpu" and options.threads > 1:
        parser.error("--clock cpu: processor time of several threads is their sum")
    if options.peak and options.kernel == "simd":
        parser.error("--peak compares another --kernel with simd")
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    if options.ptb and not os.path.isfile(options.ptb):
        parser.error(f"--ptb: no file {options.ptb}")
    options.java = str(pathlib.Path(options.jdk, "bin", "java")) if options.jdk else "java"
    if not shutil.which(options.java):
        parser.error(f"no {options.java}: give --jdk or set JAVA_HOME")
    if not JAR.is_file():
        parser.error(f"no {JAR}: run mvn -Pbench package -DskipTests")
    if "onnx" in options.cases and not ONNXRUNTIME.is_file():
        parser.error(f"no {ONNXRUNTIME}: run mvn -Pbench,onnxruntime package -DskipTests")
    return options


def main():
    options = parsed_options()
    seen = set()
    rows = []
    if "onnx" in options.cases:
        writer = [options.python, "-W", "ignore", str(HERE / "onnx_model.py"), str(MODEL)]
        subprocess.run(writer, check=True)
    chosen = cases(options)
    peer_lines = list(libraries(options, chosen))
    for case in chosen:
        rows += compare(options, case, seen)
    if has_start_up(options):
        rows += start_up(options)
    if "onnx" in options.cases and not options.against:
        rows += first_answer(options)
    cores = "one core" if options.threads == 1 else f"{options.threads} threads"
    clock = "wall time" if options.clock == "wall" else "processor time"
    print(f"{processor()}, {cores}, {clock}, medians of {options.rounds} rounds")
    print(f"--kernel {options.kernel}")
    for kernel, java in sorted(seen):
        print(f"Unroll: {kernel} on Java {java}")
    print("\n".join(peer_lines))
    print()
    print("| case | ours | peer | our speed / the peer's | floor | met |")
    print("|---|---|---|---|---|---|")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
