"""What the start costs: of the kernel that hands over to vectors, and of the JVM.

    mvn -q -Pbench package -DskipTests
    python3 src/bench/warmup.py program --cpus 0 --epochs 1 3 --rounds 11
    python3 src/bench/warmup.py crowded --cpu 0 --jvms 40
    python3 src/bench/warmup.py startup --cpu 0 --rounds 21 --jdks JDK_17 JDK_25

`program` runs the README's training with the kernel of choice, with plain Java and with vectors
from the first call, in turn, each a process of its own, and compares the medians: wall time, and
the time of the processors, which says more where others use them too. `crowded` starts many JVMs,
one after the other, on a core that another process keeps busy, and compares the slowest with the
median: none may stay with vectors that are not compiled. `startup` runs whole processes in turn, an
empty one and one that builds an LSTM and makes a step (StartUp.java): as it is, without C2, with an
archive of the classes loaded (AppCDS), and, from JDK 25 on, with a cache of what was linked too.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

import compare

TARGET = pathlib.Path(__file__).resolve().parent.parent.parent / "target"
VECTORS = ["--add-modules", "jdk.incubator.vector"]
KERNELS = {
    "by choice": VECTORS,
    "plain": [*VECTORS, "-Dunroll.kernel=plain"],
    "simd": [*VECTORS, "-Dunroll.kernel=simd"],
}
CROWDED = ["elementwise sigmoid", "lstm forwardBackward 20 35 100 100", "stream"]


def timed(command):
    """Seconds of a process: on the wall, and of all processors."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"status {status}: {' '.join(command)}")
    return seconds, usage.ru_utime + usage.ru_stime


def program(options):
    jars = [jar for jar in TARGET.glob("unroll-*-app.jar")]
    if len(jars) != 1:
        sys.exit(f"{TARGET}: {len(jars)} app jars, not one: run mvn -Pbench clean package")
    print(f"train, on processors {options.cpus}, medians of {options.rounds} rounds, in seconds")
    print("| epochs | kernel | wall | to plain | processors | to plain |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for epochs in options.epochs:
            seconds = {kernel: [] for kernel in KERNELS}
            for _ in range(options.rounds):
                for kernel, flags in KERNELS.items():
                    command = ["taskset", "-c", options.cpus, options.java, *flags]
                    command += ["-jar", str(jars[0]), "train", "--epochs", str(epochs)]
                    command += ["--chart", os.path.join(folder, "chart.png")]
                    seconds[kernel].append(timed(command))
            medians = {k: [statistics.median(s) for s in zip(*all)] for k, all in seconds.items()}
            for kernel, (wall, cpu) in medians.items():
                by_wall, by_cpu = wall / medians["plain"][0], cpu / medians["plain"][1]
                cells = [epochs, kernel, f"{wall:.2f}", f"{by_wall:.2f}"]
                cells += [f"{cpu:.2f}", f"{by_cpu:.2f}"]
                print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def crowded(options):
    jar = str(TARGET / "benchmarks.jar")
    busy = subprocess.Popen(
        ["taskset", "-c", options.cpu, sys.executable, "-c", "while True: pass"]
    )
    print(f"{options.jvms} JVMs, one by one, on processor {options.cpu}, which is busy")
    print("| case | median | slowest | slowest / median |")
    print("|---|---|---|---|")
    try:
        for case in options.cases or CROWDED:
            seconds = []
            for _ in range(options.jvms):
                command = ["taskset", "-c", options.cpu, options.java, *VECTORS, "-cp", jar]
                command += ["io.github.unroll.bench.SideBySide", *case.split()]
                done = subprocess.run(
                    command,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                    check=True,
                )
                seconds.append(json.loads(done.stdout.splitlines()[-1])["median"])
            median, slowest = statistics.median(seconds), max(seconds)
            cells = [case, f"{median:.3g} s", f"{slowest:.3g} s", f"{slowest / median:.2f}"]
            print("| " + " | ".join(cells) + " |", flush=True)
    finally:
        busy.kill()


def startup(options):
    print(f"whole processes on processor {options.cpu}, medians of {options.rounds}, in ms")
    columns = ["JDK", "flags", "process", "wall", "beyond empty", "processor", "beyond empty"]
    print("| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|")
    for jdk in options.jdks or [options.jdk]:
        for flags in [[], VECTORS]:
            with tempfile.TemporaryDirectory() as folder:
                commands = start_ups(jdk, flags, folder, options.cpu)
                seconds = {name: [] for name in commands}
                for _ in range(options.rounds):
                    for name, command in commands.items():
                        seconds[name].append(timed(command))
            medians = {k: [statistics.median(s) for s in zip(*all)] for k, all in seconds.items()}
            empty = medians["empty"]
            for name, times in medians.items():
                cells = [release(jdk), " ".join(flags), name]
                for time_of, least in zip(times, empty):
                    cells += [f"{1000 * time_of:.0f}", f"{1000 * (time_of - least):.0f}"]
                print("| " + " | ".join(cells) + " |", flush=True)


def start_ups(jdk, flags, folder, cpu):
    """The commands; the archives that they need are made, in the folder."""
    path = os.pathsep.join([compare.library(), programs(folder)])
    java = ["taskset", "-c", cpu, os.path.join(jdk, "bin", "java"), *flags]
    ours = ["-cp", path, "io.github.unroll.bench.StartUp"]
    archive, cache = os.path.join(folder, "classes.jsa"), os.path.join(folder, "classes.aot")
    timed([*java, f"-XX:ArchiveClassesAtExit={archive}", *ours])
    commands = {
        "empty": [*java, "-cp", path, "io.github.unroll.bench.Nothing"],
        "an LSTM": [*java, *ours],
        "an LSTM, C1 alone": [*java, "-XX:TieredStopAtLevel=1", *ours],
        "an LSTM, AppCDS": [*java, "-Xshare:on", f"-XX:SharedArchiveFile={archive}", *ours],
    }
    if int(release(jdk).split(".")[0]) >= 25:
        timed([*java, f"-XX:AOTCacheOutput={cache}", *ours])
        commands["an LSTM, AOT cache"] = [*java, "-XX:AOTMode=on", f"-XX:AOTCache={cache}", *ours]
    return commands


def programs(folder):
    """A jar of the programs measured: no archive is made of classes in a folder."""
    path = os.path.join(folder, "programs.jar")
    with zipfile.ZipFile(path, "w") as jar:
        for name in ["Nothing", "StartUp"]:
            name = f"io/github/unroll/bench/{name}.class"
            jar.write(TARGET / "bench-classes" / name, name)
    return path


def release(jdk):
    with open(os.path.join(jdk, "release"), encoding="utf-8") as lines:
        return next(line.split('"')[1] for line in lines if line.startswith("JAVA_VERSION="))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jdk", default=os.environ.get("JAVA_HOME"), help="home of the JDK")
    commands = parser.add_subparsers(dest="command", required=True)
    of_program = commands.add_parser("program", help="the README's training, whole processes")
    of_program.add_argument("--cpus", default="0", help="the processors, as taskset names them")
    of_program.add_argument("--epochs", type=int, nargs="+", default=[1, 3])
    of_program.add_argument("--rounds", type=int, default=11)
    of_crowded = commands.add_parser("crowded", help="many JVMs on a busy core")
    of_crowded.add_argument("--cpu", default="0", help="the processor that they share")
    of_crowded.add_argument("--jvms", type=int, default=40)
    of_crowded.add_argument("--cases", nargs="*", help="of SideBySide; default: three of them")
    of_startup = commands.add_parser("startup", help="an LSTM and a step, whole processes")
    of_startup.add_argument("--cpu", default="0", help="the processor that all are pinned to")
    of_startup.add_argument("--rounds", type=int, default=21)
    of_startup.add_argument("--jdks", nargs="+", help="homes of JDKs; default: the one of --jdk")
    options = parser.parse_args()
    if options.command == "startup" and not (options.jdks or options.jdk):
        parser.error("startup: give --jdks, the homes of JDKs, or --jdk or JAVA_HOME, one of them")
    options.java = str(pathlib.Path(options.jdk, "bin", "java")) if options.jdk else "java"
    {"program": program, "crowded": crowded, "startup": startup}[options.command](options)


if __name__ == "__main__":
    main()
