import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The road: watches your files and says after each save where you stand and what is wrong.
 *
 * <pre>java src/exercises/Learn.java</pre>
 *
 * <p>It needs a JDK and nothing else. The judge and the part of the library that it uses are
 * compiled once, your files at each save; your code runs in a Java process of its own.
 */
final class Learn {

  /** The packages of the library that your code and the judge use. */
  private static final List<String> LIBRARY =
      List.of("kernel", "tensor", "random", "cell", "layer", "loss", "optim");

  private static final String HELP =
      "h: a hint    l: the road    w: your Writer writes    q: quit    (or save a file)";

  private final Path home;
  private final Path mine;
  private final Path classes;
  private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
  private final StandardJavaFileManager files =
      compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);
  private final Map<Integer, Integer> hintsShown = new HashMap<>();
  private List<String[]> stops = List.of(); // number, title, lesson, file, hints
  private int current = 1;

  private Learn(Path home) throws IOException {
    this.home = home;
    this.mine = home.resolve("src/main/java");
    this.classes = Files.createTempDirectory("unroll-road");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(classes)));
  }

  public static void main(String[] args) throws Exception {
    Path home = Path.of("src/exercises");
    if (!Files.exists(home.resolve("Learn.java"))) {
      home = Path.of("");
    }
    if (!Files.exists(home.resolve("Learn.java"))) {
      System.err.println(
          "Learn: start it in the repository's top folder: java src/exercises/Learn.java");
      System.exit(2);
    }
    if (ToolProvider.getSystemJavaCompiler() == null) {
      System.err.println("Learn: this Java has no compiler; it takes a JDK, 17 or later");
      System.exit(2);
    }
    new Learn(home.toAbsolutePath().normalize()).run(args.length > 0 && args[0].equals("--once"));
  }

  private void run(boolean once) throws IOException, InterruptedException {
    System.out.println("Compiling the judge ...");
    compileJudge();
    stops = launch("--list");
    turn();
    if (once) {
      return;
    }
    BlockingQueue<String> typed = new LinkedBlockingQueue<>();
    Thread keys = new Thread(() -> readLines(typed), "keys");
    keys.setDaemon(true);
    keys.start();
    Map<Path, FileTime> seen = times();
    while (true) {
      String line = typed.poll(100, TimeUnit.MILLISECONDS);
      if (line != null && line.startsWith("q")) {
        return;
      }
      if (line != null) {
        answer(line);
      }
      Map<Path, FileTime> now = times();
      if (!now.equals(seen)) {
        seen = now;
        turn();
      }
    }
  }

  /**
   * The library, the solutions and the judge, each into a folder of its own. The judge is compiled
   * against the solutions, so it does whatever stands in your files; it runs without them.
   */
  private void compileJudge() throws IOException {
    Path library = home.resolveSibling("main").resolve("java/io/github/unroll");
    List<Path> used = new ArrayList<>();
    for (String room : LIBRARY) {
      used.addAll(sources(library.resolve(room)));
    }
    List<String> errors = new ArrayList<>();
    compile(used, "library", List.of(), errors);
    compile(sources(home.resolve("solutions")), "solutions", List.of("library"), errors);
    List<Path> judge = sources(home.resolve("src/test/java/road"));
    compile(judge, "judge", List.of("library", "solutions"), errors);
    check(errors);
  }

  private static void check(List<String> errors) {
    if (!errors.isEmpty()) {
      throw new IllegalStateException(String.join("\n", errors));
    }
  }

  /** One turn: compiles your files, runs them, says what came of it. */
  private void turn() throws IOException, InterruptedException {
    List<String> errors = new ArrayList<>();
    delete(classes.resolve("mine"));
    compile(sources(mine), "mine", List.of("library"), errors);
    List<String[]> verdicts = errors.isEmpty() ? launch("--judge") : List.of();
    for (String[] verdict : verdicts) {
      current = Integer.parseInt(verdict[0]);
      current += verdict[1].equals("RIGHT") ? 1 : 0;
    }
    clear();
    road();
    if (!errors.isEmpty()) {
      System.out.println(errors.get(0));
    } else if (verdicts.isEmpty()) {
      System.out.println("Your code ended the program: is there a System.exit, or no memory left?");
    } else if (current > stops.size()) {
      System.out.println("You have walked the whole road.");
    } else {
      String[] last = verdicts.get(verdicts.size() - 1);
      String[] stop = stops.get(current - 1);
      boolean open = current != Integer.parseInt(last[0]) || last[1].equals("OPEN");
      System.out.println(
          open
              ? "Next: read docs/learn/" + stop[2] + ", then write " + stop[3] + "\n" + stop[4]
              : last[2]);
    }
    System.out.println("\n" + HELP);
  }

  private void road() {
    System.out.println("The road\n");
    for (String[] stop : stops) {
      int number = Integer.parseInt(stop[0]);
      String mark = number < current ? "[x]" : number == current ? " > " : "   ";
      System.out.printf(Locale.ROOT, "%s %2d  %-34s %s%n", mark, number, stop[1], stop[3]);
    }
    System.out.printf(
        Locale.ROOT, "%n%d of %d%n%n", Math.min(current - 1, stops.size()), stops.size());
  }

  private void answer(String line) throws IOException, InterruptedException {
    if (line.startsWith("h") && current <= stops.size()) {
      String[] stop = stops.get(current - 1);
      int most = stop.length - 4;
      int shown = hintsShown.merge(current, 1, (a, b) -> Math.min(a + b, most));
      for (int i = 1; i <= shown; i++) {
        System.out.printf(Locale.ROOT, "hint %d of %d: %s%n", i, most, stop[3 + i]);
      }
    } else if (line.startsWith("l")) {
      road();
    } else if (line.startsWith("w")) {
      java(List.of("mine", "library"), "mine.Writer");
    }
    System.out.println(HELP);
  }

  private static void readLines(BlockingQueue<String> typed) {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        typed.add(line.strip().toLowerCase(Locale.ROOT));
      }
    } catch (IOException e) {
      // nothing more is typed; files are watched on
    }
  }

  /** Runs the judge in a Java process of its own; its answer is rows of cells. */
  private List<String[]> launch(String what) throws IOException, InterruptedException {
    Path answer = classes.resolve("answer");
    Files.deleteIfExists(answer);
    java(
        List.of("mine", "library", "judge"),
        "road.Run",
        what,
        mine.toString(),
        answer.toString());
    List<String[]> rows = new ArrayList<>();
    if (Files.exists(answer)) {
      for (String line : Files.readAllLines(answer)) {
        String[] cells = line.split("\t", -1);
        for (int i = 0; i < cells.length; i++) {
          cells[i] = cells[i].replace("\\n", "\n");
        }
        rows.add(cells);
      }
    }
    return rows;
  }

  /** Runs a class in a Java process of its own, and waits for its end. */
  private void java(List<String> folders, String... classAndArguments)
      throws IOException, InterruptedException {
    List<String> path =
        folders.stream().map(folder -> classes.resolve(folder).toString()).toList();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-Dunroll.kernel=plain",
                "-Dunroll.threads=1",
                "-cp",
                String.join(File.pathSeparator, path)));
    command.addAll(List.of(classAndArguments));
    new ProcessBuilder(command)
        .inheritIO()
        .redirectInput(ProcessBuilder.Redirect.from(new File(nothing())))
        .start()
        .waitFor();
  }

  private static String nothing() {
    return File.separatorChar == '/' ? "/dev/null" : "NUL";
  }

  private void compile(
      List<Path> sources, String to, List<String> folders, List<String> errors) throws IOException {
    Path target = Files.createDirectories(classes.resolve(to));
    List<String> classPath =
        folders.stream().map(folder -> classes.resolve(folder).toString()).toList();
    List<String> options =
        new ArrayList<>(List.of("-g", "-proc:none", "-nowarn", "-d", target.toString()));
    options.addAll(List.of("-classpath", String.join(File.pathSeparator, classPath)));
    options.addAll(List.of("-sourcepath", ""));
    DiagnosticCollector<JavaFileObject> messages = new DiagnosticCollector<>();
    compiler
        .getTask(null, files, messages, options, null, files.getJavaFileObjectsFromPaths(sources))
        .call();
    for (Diagnostic<? extends JavaFileObject> message : messages.getDiagnostics()) {
      if (message.getKind() == Diagnostic.Kind.ERROR) {
        String file =
            message.getSource() == null
                ? ""
                : Path.of(message.getSource().toUri()).getFileName() + ":" + message.getLineNumber();
        errors.add(file + ": " + message.getMessage(Locale.ROOT));
      }
    }
  }

  private Map<Path, FileTime> times() throws IOException {
    Map<Path, FileTime> times = new TreeMap<>();
    for (Path file : sources(mine)) {
      try {
        times.put(file, Files.getLastModifiedTime(file));
      } catch (IOException e) {
        // an editor is just replacing it
      }
    }
    return times;
  }

  private static List<Path> sources(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  private static void clear() {
    if (System.console() != null && !"dumb".equals(System.getenv("TERM"))) {
      System.out.print("\u001b[H\u001b[2J\u001b[3J");
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      // it is temporary anyway
    }
  }
}
