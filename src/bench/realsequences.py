"""Unroll's classifier on real sequences, next to the nearest neighbour and a logistic regression.

    apt-get install python3-sklearn r-base-core r-cran-ddalpha
    mvn -q package -DskipTests
    /usr/bin/python3 src/bench/realsequences.py

The sequences are those of Debian's packages; they are written to target/realdata and not kept:

digits      handwritten digits, 8 rows of 8 pixels each read as a sequence of 8 steps (scikit-learn)
growth      the heights of boys and girls at 31 ages (R's ddalpha, the Berkeley growth study)
medflies    the eggs that a fly lays on each of 30 days; does it live long? (R's ddalpha)

The accuracy is of four parts, each judged by what learned the other three. The peers read all steps
of a sequence as one row, standardised as the training part has it.
"""

import csv
import pathlib
import subprocess
import sys

import numpy
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

TARGET = pathlib.Path(__file__).resolve().parent.parent.parent / "target"
FOLDER = TARGET / "realdata"
PARTS = 4
TO_CSV = """
suppressMessages(library(ddalpha))
set <- dataf.%s()
write.table(cbind(unlist(set$labels), t(sapply(set$dataf, function(s) s$vals))),
  sep = ",", quote = FALSE, row.names = FALSE, col.names = FALSE)
"""


def digits():
    data = load_digits()
    return data.images, data.target.astype(str)


def of_ddalpha(name):
    command = ["Rscript", "-e", TO_CSV % name]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    rows = list(csv.reader(done.stdout.splitlines()))
    values = numpy.array([[float(x) for x in row[1:]] for row in rows])
    return values[:, :, None], numpy.array([row[0] for row in rows])


def write(file, sequences, labels, which):
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", *(f"x{k}" for k in range(sequences.shape[2])), "label"])
        for i in which:
            writer.writerows([i, *step, labels[i]] for step in sequences[i])


def unroll(name, sequences, labels, learned, judged):
    """The labels that our program gives to the judged sequences."""
    jar = next(TARGET.glob("unroll-*-app.jar"))
    train, test, model = (FOLDER / f"{name}{end}" for end in ("-learned.csv", "-judged.csv", ".model"))
    write(train, sequences, labels, learned)
    write(test, sequences, labels, judged)
    program = ["java", "-jar", jar]
    columns = ["--group", "id", "--label", "label"]
    run([*program, "classify", "--data", train, *columns, "--save", model])
    answers = run([*program, "predict", "--model", model, "--data", test])
    given = {int(row["id"]): row["label"] for row in csv.DictReader(answers.splitlines())}
    return [given[i] for i in judged]


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"exit code {done.returncode}: {' '.join(map(str, command))}")
    return done.stdout


def accuracies(name, sequences, labels):
    flat = sequences.reshape(len(sequences), -1)
    peers = [KNeighborsClassifier(1), LogisticRegression(max_iter=5000)]
    right = numpy.zeros(1 + len(peers))
    for learned, judged in StratifiedKFold(PARTS, shuffle=True, random_state=0).split(flat, labels):
        given = [unroll(name, sequences, labels, learned, judged)]
        for peer in peers:
            fitted = make_pipeline(StandardScaler(), peer).fit(flat[learned], labels[learned])
            given.append(fitted.predict(flat[judged]))
        right += [sum(labels[judged] == answer) for answer in given]
    return 100 * right / len(sequences)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    print("| sequences | number | steps | features | labels | nearest neighbour | logistic regression | LSTM |")
    print("|---|---|---|---|---|---|---|---|")
    for name in ["digits", "growth", "medflies"]:
        sequences, labels = digits() if name == "digits" else of_ddalpha(name)
        ours, nearest, logistic = accuracies(name, sequences, labels)
        sizes = [*sequences.shape, len(set(labels))]
        shown = [f"{x:.1f} %" for x in (nearest, logistic, ours)]
        print("|", " | ".join([name, *map(str, sizes), *shown]), "|", flush=True)


if __name__ == "__main__":
    main()
