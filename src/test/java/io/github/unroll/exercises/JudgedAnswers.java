package io.github.unroll.exercises;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that judges answers, each in a class loader of its own. It reads lines from its
 * standard input: the number of a stop, the folder of the answer's source, and the folders of
 * classes; it writes a verdict and its text. It ends by itself after an answer that does not end.
 */
final class JudgedAnswers {

  private JudgedAnswers() {}

  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true);
    System.setOut(nowhere);
    System.setErr(nowhere);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] cells = line.split("\t");
      out.println(verdict(Integer.parseInt(cells[0]), Path.of(cells[1]), cells));
      boolean stuck =
          Thread.getAllStackTraces().keySet().stream()
              .anyMatch(thread -> thread.getName().equals("your code") && thread.isAlive());
      if (stuck) {
        Runtime.getRuntime().halt(0);
      }
    }
  }

  private static String verdict(int number, Path source, String[] cells) throws Exception {
    List<URL> folders = new ArrayList<>();
    for (int i = 2; i < cells.length; i++) {
      folders.add(Path.of(cells[i]).toUri().toURL());
    }
    try (URLClassLoader loader =
        new URLClassLoader(folders.toArray(URL[]::new), JudgedAnswers.class.getClassLoader())) {
      List<?> stops = (List<?>) loader.loadClass("road.Road").getMethod("stops").invoke(null);
      Object stop = stops.get(number - 1);
      Constructor<?> judge = loader.loadClass("road.Judge").getConstructor(Path.class);
      Object verdict =
          judge
              .getDeclaringClass()
              .getMethod("judge", stop.getClass())
              .invoke(judge.newInstance(source), stop);
      String text = (String) Exercises.get(verdict, "text");
      return Exercises.get(verdict, "kind") + "\t" + text.replace("\n", "\\n");
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
    List<String> judge(int number, Path source, Path... classes) throws IOException {
      if (process == null || !process.isAlive()) {
        start();
      }
      StringBuilder order = new StringBuilder(number + "\t" + source);
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
                  JudgedAnswers.class.getName())
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
