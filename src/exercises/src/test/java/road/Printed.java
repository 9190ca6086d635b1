package road;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the learner's code prints, or the beginning of it: it is shown below the verdict. */
final class Printed extends OutputStream {

  private static final int MOST_BYTES = 20_000;
  private static final int MOST_LINES = 12;

  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private long lines;

  private Printed() {}

  /** Keeps what is printed from now on. */
  static Printed begin() {
    Printed printed = new Printed();
    PrintStream into = new PrintStream(printed, true, StandardCharsets.UTF_8);
    System.setOut(into);
    System.setErr(into);
    return printed;
  }

  @Override
  public synchronized void write(int b) {
    if (kept.size() < MOST_BYTES) {
      kept.write(b);
    }
    lines += b == '\n' ? 1 : 0;
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int length) {
    for (int i = from; i < from + length; i++) {
      write(bytes[i]);
    }
  }

  /** {@return the first lines that were printed} */
  synchronized String end() {
    System.setOut(out);
    System.setErr(err);
    List<String> all = kept.toString(StandardCharsets.UTF_8).lines().toList();
    if (all.size() <= MOST_LINES) {
      return String.join("\n", all);
    }
    return String.join("\n", all.subList(0, MOST_LINES)) + "\n... (" + lines + " lines in all)";
  }
}
