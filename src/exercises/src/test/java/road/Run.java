package road;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers {@code Learn} in a file: first a line {@code STOP} for each stop, then a line {@code
 * VERDICT} for each up to the first that is not right, then {@code END}. Cells have tabs between;
 * line ends within a cell are {@code \\n}.
 */
public final class Run {

  private final Path answer;
  private final Judge judge;
  private volatile Stop current;
  private volatile Printed printed;

  private Run(Path sources, Path answer) {
    this.answer = answer;
    this.judge = new Judge(sources);
  }

  /**
   * Arguments: the folder with the learner's package, the file to write. Whoever starts it writes a
   * line to its standard input when the learner's classes are there, and closes that to end it.
   */
  public static void main(String[] args) throws IOException {
    InputStream orders = System.in;
    System.setIn(InputStream.nullInputStream());
    Run run = new Run(Path.of(args[0]), Path.of(args[1]));
    List<Stop> stops = Road.stops();
    for (Stop stop : stops) {
      stop.task().cases().forEach(given -> stop.task().expected(given, Slips.none()));
    }
    if (orders.read() < 0) {
      return;
    }
    Thread watch = new Thread(() -> endWith(orders), "watch");
    watch.setDaemon(true);
    watch.start();
    run.judge(stops);
    Runtime.getRuntime().halt(0); // code that never ends must not keep the program
  }

  /** Ends this program when the one that started it ends, however that ends. */
  private static void endWith(InputStream orders) {
    try {
      while (orders.read() >= 0) {
        // only its end matters
      }
    } catch (IOException e) {
      // that is an end too
    }
    Runtime.getRuntime().halt(1);
  }

  private void judge(List<Stop> stops) throws IOException {
    for (Stop stop : stops) {
      List<String> cells =
          new ArrayList<>(
              List.of("STOP", "" + stop.number(), stop.title(), stop.lesson(), stop.file()));
      cells.addAll(stop.hints());
      write(cells);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::exits));
    for (Stop stop : stops) {
      current = stop;
      printed = Printed.begin();
      Verdict verdict;
      try {
        verdict = judge.judge(stop);
      } catch (OutOfMemoryError e) {
        verdict = new Verdict(Verdict.Kind.PLACED, stop.file() + ": " + Thrown.sentence(e));
      } catch (RuntimeException e) {
        verdict =
            new Verdict(Verdict.Kind.PLACED, stop.file() + ": the judge itself fails, sorry: " + e);
      }
      write(verdict, printed.end());
      if (!verdict.isRight()) {
        break;
      }
    }
    write(List.of("END"));
  }

  /** The learner's code ends the program: that is an answer too. */
  private void exits() {
    StackTraceElement[] where = {};
    for (var thread : Thread.getAllStackTraces().entrySet()) {
      if (thread.getKey().getName().equals(Sources.THREAD)) {
        where = thread.getValue();
      }
    }
    try {
      String place = judge.placeIn(where, current);
      write(
          new Verdict(Verdict.Kind.NAMED, place + "System.exit ends the program here."),
          printed.end());
      write(List.of("END"));
    } catch (IOException e) {
      // then Learn says it without a place
    }
  }

  private void write(Verdict verdict, String text) throws IOException {
    write(List.of("VERDICT", "" + current.number(), verdict.kind().name(), verdict.text(), text));
  }

  private void write(List<String> cells) throws IOException {
    String line =
        String.join("\t", cells.stream().map(cell -> cell.replace('\t', ' ')).toList())
            .replace("\r", "")
            .replace("\n", "\\n");
    Files.writeString(answer, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
