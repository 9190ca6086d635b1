package io.github.unroll.exercises;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A program that judges answers, the stop and the answer each time in a class loader of their own.
 * It reads lines from its standard input: the number of a stop, its class, the folder of the
 * answer's source, and the folders of classes; it writes a verdict and its text. It ends by itself
 * after an answer that does not end.
 */
final class JudgedAnswers {

  private final ClassLoader judge;

  private JudgedAnswers(ClassLoader judge) {
    this.judge = judge;
  }

  /** Arguments: the folders of the judge's classes. */
  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true);
    System.setOut(nowhere);
    System.setErr(nowhere);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    JudgedAnswers judged =
        new JudgedAnswers(
            new URLClassLoader(folders(args, 0), JudgedAnswers.class.getClassLoader()));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(judged.verdict(line.split("\t")));
      boolean stuck =
          Thread.getAllStackTraces().keySet().stream()
              .anyMatch(thread -> thread.getName().equals("your code") && thread.isAlive());
      if (stuck) {
        Runtime.getRuntime().halt(0);
      }
    }
  }

  private static URL[] folders(String[] cells, int from) throws MalformedURLException {
    URL[] folders = new URL[cells.length - from];
    for (int i = from; i < cells.length; i++) {
      folders[i - from] = Path.of(cells[i]).toUri().toURL();
    }
    return folders;
  }

  private String verdict(String[] cells) throws Exception {
    try (URLClassLoader loader = new AnswerLoader(folders(cells, 3), judge)) {
      Object stop =
          loader
              .loadClass(cells[1])
              .getMethod("stop", int.class)
              .invoke(null, Integer.parseInt(cells[0]));
      Class<?> type = judge.loadClass("road.Judge");
      Object verdict =
          type.getMethod("judge", stop.getClass())
              .invoke(type.getConstructor(Path.class).newInstance(Path.of(cells[2])), stop);
      String text = (String) Exercises.get(verdict, "text");
      return Exercises.get(verdict, "kind") + "\t" + text.replace("\n", "\\n");
    }
  }

  /** Loads answers and stops itself; the judge is that of its parent. */
  private static final class AnswerLoader extends URLClassLoader {

    AnswerLoader(URL[] folders, ClassLoader judge) {
      super(folders, judge);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      boolean own = name.startsWith("road.stops.") || name.startsWith("mine.");
      if (!own || name.equals("mine.Todo")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? findClass(name) : loaded;
      }
    }
  }

  /** The program as seen from a test: it is started again when it has ended. */
  static final class Program implements AutoCloseable {

    private final Exercises exercises;
    private Process process;
    private BufferedReader answers;

    Program(Exercises exercises) {
      this.exercises = exercises;
    }

    /** {@return the kind of a verdict, and its text} */
    List<String> judge(Exercises.Stop stop, Path source, Path... classes) throws IOException {
      if (process == null || !process.isAlive()) {
        start();
      }
      StringBuilder order = new StringBuilder(stop.number() + "\t" + stop.task() + "\t" + source);
      for (Path folder : classes) {
        order.append('\t').append(folder);
      }
      order.append('\t').append(exercises.judge()).append('\n');
      try {
        send(order.toString());
      } catch (IOException e) { // it was just ending, after an answer that does not end
        start();
        send(order.toString());
      }
      String answer = answers.readLine();
      if (answer == null) {
        process.destroyForcibly();
        process = null;
        return List.of("ENDED", "");
      }
      String[] cells = answer.split("\t", -1);
      if (cells[1].contains("still running after")) {
        close();
      }
      return List.of(cells[0], cells[1].replace("\\n", "\n"));
    }

    private void send(String order) throws IOException {
      process.getOutputStream().write(order.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    }

    private void start() throws IOException {
      close();
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-Xmx256m",
                  "-Dunroll.kernel=plain",
                  "-Dunroll.threads=1",
                  "-cp",
                  Exercises.LIBRARY
                      + System.getProperty("path.separator")
                      + Path.of("target/test-classes"),
                  JudgedAnswers.class.getName(),
                  exercises.judge().toString(),
                  exercises.solutions().toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      answers =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
      if (process != null) {
        process.destroyForcibly();
        process = null;
      }
    }
  }
}
