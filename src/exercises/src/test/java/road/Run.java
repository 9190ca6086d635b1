package road;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers {@code Learn} in a file: one line a stop, cells with tabs between, line ends within a
 * cell as {@code \\n}.
 */
public final class Run {

  private Run() {}

  /** Arguments: --list or --judge, the folder with the learner's package, the file to write. */
  public static void main(String[] args) throws IOException {
    Path answer = Path.of(args[2]);
    Files.write(answer, args[0].equals("--list") ? list() : judge(Path.of(args[1])));
    System.out.flush();
    Runtime.getRuntime().halt(0); // code that never ends must not keep the program
  }

  private static List<String> list() {
    List<String> lines = new ArrayList<>();
    for (Stop stop : Road.stops()) {
      List<String> cells =
          new ArrayList<>(
              List.of("" + stop.number(), stop.title(), stop.lesson(), stop.file()));
      cells.addAll(stop.hints());
      lines.add(line(cells));
    }
    return lines;
  }

  /** The verdicts up to the first stop that is not right. */
  private static List<String> judge(Path sources) {
    Judge judge = new Judge(sources);
    List<String> lines = new ArrayList<>();
    for (Stop stop : Road.stops()) {
      Verdict verdict = judge.judge(stop);
      lines.add(line(List.of("" + stop.number(), verdict.kind().name(), verdict.text())));
      if (!verdict.isRight()) {
        break;
      }
    }
    return lines;
  }

  private static String line(List<String> cells) {
    return String.join("\t", cells).replace("\n", "\\n");
  }
}
