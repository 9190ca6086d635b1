import java.io.BufferedReader;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  private static final PrintStream OUT =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, charset());

  private final Path home;
  private final boolean once;
  private final Path mine;
  private final Path work;
  private final Compiler compiler = new Compiler();
  private final Map<Integer, Integer> hintsShown = new HashMap<>();
  private List<List<String>> stops = List.of(); // number, title, lesson, file, hints
  private int current = 1;
  private int farthest;
  private final Path judge; // its classes and the library's
  private Child child; // waits for the next turn
  private Process writer;
  private boolean closing;
  private int turns;

  private Learn(Path home, boolean once) throws IOException {
    this.home = home;
    this.once = once;
    this.mine = home.resolve("src/main/java");
    this.work = Files.createTempDirectory("unroll-road");
    this.judge = work.resolve("judge");
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
  }

  /** Argument: {@code --once}, to answer once and not to watch. */
  public static void main(String[] args) throws Exception {
    Path home =
        Stream.of("src/exercises", "")
            .map(folder -> Path.of(folder).toAbsolutePath().normalize())
            .filter(folder -> Files.exists(folder.resolve("Learn.java")))
            .findFirst()
            .orElse(null);
    if (home == null) {
      fail(
          "the exercises are not here. Go to the repository's top folder, then:\n"
              + "  java src/exercises/Learn.java");
    }
    if (ToolProvider.getSystemJavaCompiler() == null) {
      fail("this Java has no compiler; take a JDK, 17 or later");
    }
    if (args.length > 1 || args.length == 1 && !args[0].equals("--once")) {
      fail("the only option is --once: answer once, do not watch");
    }
    Learn learn = new Learn(home, args.length == 1);
    try {
      learn.run();
    } catch (Exception e) {
      if (!learn.isClosing()) { // otherwise its files are just being deleted
        throw e;
      }
    }
    System.exit(0);
  }

  private static void fail(String message) {
    System.err.println("Learn: " + message);
    System.exit(2);
  }

  private void run() throws IOException, InterruptedException {
    compileJudge();
    startChild();
    BlockingQueue<String> typed = new LinkedBlockingQueue<>();
    if (!once) {
      Thread keys = new Thread(() -> readLines(typed), "keys");
      keys.setDaemon(true);
      keys.start();
    }
    Map<Path, String> seen = stamps();
    turn(seen);
    while (!once) {
      String line = typed.poll(50, TimeUnit.MILLISECONDS);
      if (line != null && line.startsWith("q")) {
        return;
      }
      if (line != null && line.startsWith("w")) {
        start("Writer", "Your Writer learns. Enter stops it.\n", typed);
      }
      if (line != null && line.startsWith("r ")) {
        start(line.substring(2).strip(), "Enter stops it.\n", typed);
      }
      if (line != null) {
        answer(line);
      }
      Map<Path, String> now = stamps();
      if (!now.equals(seen)) {
        seen = settled(now);
        turn(seen);
      }
    }
  }

  /** Waits until no file has changed for a moment, so that several saves get one answer. */
  private Map<Path, String> settled(Map<Path, String> before) throws InterruptedException {
    Map<Path, String> last = before;
    while (true) {
      Thread.sleep(100);
      Map<Path, String> now = stamps();
      if (now.equals(last)) {
        return now;
      }
      last = now;
    }
  }

  /** What tells whether your files have changed. */
  private Map<Path, String> stamps() {
    return stamps(sources(mine));
  }

  private static Map<Path, String> stamps(List<Path> sources) {
    Map<Path, String> stamps = new TreeMap<>();
    for (Path file : sources) {
      try {
        stamps.put(file, Files.getLastModifiedTime(file) + " " + Files.size(file));
      } catch (IOException e) {
        // an editor is just replacing it
      }
    }
    return stamps;
  }

  /**
   * The library, the solutions and the judge. The judge is compiled against the solutions, so it
   * does whatever stands in your files; it runs without them. What was compiled is kept for the
   * next start, under a name that changes with the sources.
   */
  private void compileJudge() {
    Path library = home.resolveSibling("main").resolve("java/io/github/unroll");
    List<Path> all = new ArrayList<>();
    for (String room : List.of("kernel", "tensor", "random")) {
      all.addAll(sources(library.resolve(room)));
    }
    all.addAll(sources(home.resolve("solutions")));
    all.addAll(sources(home.resolve("src/test/java/road")));
    String java = System.getProperty("java.vm.version");
    String key = Integer.toHexString((java + stamps(all)).hashCode());
    Path kept = home.resolve("target/learn").resolve(key);
    if (Files.exists(kept) && copied(kept, judge)) {
      return;
    }
    OUT.println("Compiling the judge ...");
    List<Problem> problems = compiler.compile(all, judge, List.of());
    if (!problems.isEmpty()) {
      throw new IllegalStateException("the judge does not compile: " + problems);
    }
    delete(judge.resolve("mine"));
    Path part = kept.resolveSibling("part-" + ProcessHandle.current().pid());
    delete(kept.getParent()); // what is older
    try {
      if (copied(judge, part)) {
        Files.move(part, kept);
      }
    } catch (IOException e) {
      delete(part); // then it is compiled again next time
    }
  }

  /** Temporary files may be cleaned away while this runs: then they are made anew. */
  private void restore() throws IOException {
    boolean there =
        Stream.of("road/Run.class", "io/github/unroll/tensor/Matrix.class")
            .allMatch(name -> Files.exists(judge.resolve(name)));
    if (isClosing() || there && Files.exists(child.classes)) {
      return;
    }
    child.end();
    Files.createDirectories(work);
    delete(judge);
    compileJudge();
    startChild();
  }

  private static boolean copied(Path from, Path to) {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
      return true;
    } catch (IOException | java.io.UncheckedIOException e) {
      delete(to);
      return false;
    }
  }

  /**
   * One turn: compiles your files, runs them, says what came of it. If you save meanwhile, nothing
   * is said: the next turn will.
   */
  private void turn(Map<Path, String> seen) throws IOException, InterruptedException {
    restore();
    List<Problem> problems = compileMine();
    if (!problems.isEmpty()) {
      clear();
      say(inTerms(problems));
      return;
    }
    Child ran = child;
    boolean ended = ran.run(() -> stamps().equals(seen));
    if (!once) {
      startChild();
    }
    if (!ended || isClosing()) {
      return;
    }
    clear();
    say(ran.answer());
  }

  /** Whether an answer is still wanted. */
  private interface Wanted {
    boolean now();
  }

  private void say(String text) {
    if (!stops.isEmpty()) {
      int solved = Math.min(current - 1, stops.size());
      String bar = "#".repeat(solved) + "-".repeat(stops.size() - solved);
      OUT.println("[" + bar + "] " + solved + " of " + stops.size());
      if (solved < stops.size()) {
        List<String> stop = stops.get(solved);
        OUT.println("Stop " + stop.get(0) + ": " + stop.get(1));
      }
      OUT.println();
    }
    OUT.println(wrapped(text) + (once ? "" : "\n\n" + help()));
  }

  private void road() {
    for (List<String> stop : stops) {
      int number = Integer.parseInt(stop.get(0));
      String mark = number < current ? "[x]" : number == current ? " > " : "   ";
      String title = stop.get(1);
      OUT.printf(Locale.ROOT, "%s %2d  %-40s %s%n", mark, number, title, stop.get(3));
    }
    OUT.println();
  }

  private void answer(String line) {
    if (line.startsWith("h") && current <= stops.size()) {
      List<String> hints = stops.get(current - 1).subList(4, stops.get(current - 1).size());
      int shown = hintsShown.merge(current, 1, (a, b) -> Math.min(a + b, hints.size()));
      for (int i = 0; i < shown; i++) {
        OUT.println(wrapped("Hint " + (i + 1) + " of " + hints.size() + ": " + hints.get(i)));
      }
      OUT.println();
    } else if (line.startsWith("l")) {
      road();
    } else if (!line.isEmpty() && !line.matches("[hwq].*|r .*")) {
      OUT.println("That is none of the letters below.\n");
    }
    OUT.println(help());
  }

  /** What can be done; of the Writer only once it was solved. */
  private String help() {
    farthest = Math.max(farthest, current);
    boolean writes =
        stops.stream()
            .anyMatch(
                stop ->
                    stop.get(3).equals("Writer.java") && Integer.parseInt(stop.get(0)) < farthest);
    return writes
        ? "Save a file, or type h: hint, l: road, w: your Writer, q: quit, then Enter."
        : "Save a file, or type h for a hint, l for the road, q to quit, then Enter.";
  }

  /** Runs a class of yours until it ends, a file is saved or something typed. */
  private void start(String name, String head, BlockingQueue<String> typed)
      throws IOException, InterruptedException {
    if (!Files.exists(mine.resolve("mine").resolve(name + ".java"))) {
      OUT.println("There is no " + name + ".java in " + mine.resolve("mine") + ".\n");
      return;
    }
    restore();
    if (!compileMine().isEmpty()) {
      OUT.println("Your files do not compile at the moment.");
      return;
    }
    OUT.println(head);
    Map<Path, String> seen = stamps();
    writer =
        java(child.classes, "mine." + name)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    writer.getOutputStream().close();
    while (!writer.waitFor(100, TimeUnit.MILLISECONDS)) {
      if (typed.poll() != null || !stamps().equals(seen)) {
        writer.destroyForcibly();
      }
    }
    OUT.println();
  }

  private static void readLines(BlockingQueue<String> typed) {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String word = line.strip();
        String letter = word.substring(0, Math.min(1, word.length())).toLowerCase(Locale.ROOT);
        typed.add(letter + word.substring(letter.length()));
      }
    } catch (IOException e) {
      // nothing more is typed; files are watched on
    }
  }

  // ---- what your code is run in ----

  /**
   * A Java process for one turn. It is started before it is needed and waits: most of the time that
   * it takes is its start. It ends when this program does, since its standard input then ends.
   */
  private final class Child {

    final Path classes;
    private final Path rows;
    private final Process process;

    Child() throws IOException {
      turns++;
      classes = Files.createDirectories(work.resolve("mine-" + turns));
      rows = work.resolve("answer-" + turns);
      process =
          java(classes, "road.Run", mine.toString(), rows.toString())
              .redirectOutput(work.resolve("printed").toFile())
              .redirectErrorStream(true)
              .start();
    }

    /** Lets it run. Returns whether it came to an end while that was wanted. */
    boolean run(Wanted wanted) throws IOException, InterruptedException {
      try {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
      } catch (IOException e) {
        // it is gone; there will be no answer
      }
      while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
        if (!wanted.now()) {
          end();
          return false;
        }
      }
      return true;
    }

    void end() {
      process.destroyForcibly();
      try {
        process.waitFor(2, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** What came of it; the stops and the current one are known then. */
    String answer() throws IOException {
      List<List<String>> known = new ArrayList<>();
      List<String> last = List.of();
      StringBuilder printed = new StringBuilder(); // from the stop on that was the current one
      boolean whole = false;
      List<String> lines = Files.exists(rows) ? Files.readAllLines(rows) : List.of();
      for (String line : lines) {
        List<String> cells =
            Stream.of(line.split("\t", -1)).map(cell -> cell.replace("\\n", "\n")).toList();
        List<String> rest = cells.subList(1, cells.size());
        switch (cells.get(0)) {
          case "STOP" -> known.add(rest);
          case "VERDICT" -> {
            last = rest;
            if (!stops.isEmpty() && Integer.parseInt(rest.get(0)) >= current) {
              printed.append(printed.isEmpty() || rest.get(3).isEmpty() ? "" : "\n");
              printed.append(rest.get(3));
            }
          }
          default -> whole = true;
        }
      }
      delete(classes);
      Files.deleteIfExists(rows);
      if (known.isEmpty()) {
        return "The judge did not start: " + Files.readString(work.resolve("printed"));
      }
      String print = printed.isEmpty() ? "" : "\n\nYour code printed:\n" + printed;
      int before = stops.isEmpty() ? known.size() : current;
      stops = known;
      current = last.isEmpty() ? 1 : Integer.parseInt(last.get(0));
      boolean right = !last.isEmpty() && last.get(1).equals("RIGHT");
      current += right ? 1 : 0;
      if (!whole) {
        return "Your code ended the program. Is there a System.exit in it, or is no memory left?";
      }
      if (current > stops.size()) {
        return "You have walked the whole road." + print;
      }
      List<String> stop = stops.get(current - 1);
      if (right || last.get(1).equals("OPEN")) {
        String place = right ? stop.get(3) : last.get(2).split(",|: ")[0];
        String page = "docs/learn/" + stop.get(2);
        String[] done = last.get(2).split("still to be written\\. ");
        return done.length > 1
            ? done[1] + " Next: write " + place + " (" + page + ")." + print
            : (current == before + 1 ? "Stop " + before + " is right. " : "")
                + ("Next: read " + page + ", then write " + place + "." + print);
      }
      return last.get(2) + (last.get(3).isEmpty() ? "" : "\n\nYour code printed:\n" + last.get(3));
    }
  }

  /** A Java process with your classes, the judge's and the library's. */
  private ProcessBuilder java(Path classes, String... classAndArguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-Dunroll.kernel=plain",
                "-Dunroll.threads=1",
                "-cp",
                classes + System.getProperty("path.separator") + judge));
    command.addAll(List.of(classAndArguments));
    return new ProcessBuilder(command);
  }

  private synchronized void startChild() throws IOException {
    if (!closing) {
      child = new Child();
    }
  }

  private synchronized List<Problem> compileMine() {
    return closing ? List.of() : compiler.compile(sources(mine), child.classes, List.of(judge));
  }

  private synchronized boolean isClosing() {
    return closing;
  }

  /** Leaves nothing behind: no process, no file. */
  private synchronized void close() {
    closing = true;
    if (child != null) {
      child.end();
    }
    if (writer != null) {
      writer.destroyForcibly();
    }
    delete(work);
  }

  // ---- compiling ----

  /** What a compiler complains about. */
  private record Problem(String file, long line, long column, String code, String message) {}

  /** The JDK's compiler, kept: it is slow only the first time. */
  private static final class Compiler {

    private final JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    private final StandardJavaFileManager files =
        javac.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);

    List<Problem> compile(List<Path> sources, Path to, List<Path> classPath) {
      DiagnosticCollector<JavaFileObject> messages = new DiagnosticCollector<>();
      try {
        Files.createDirectories(to);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      List<String> options =
          List.of(
              "-g",
              "-proc:none",
              "-nowarn",
              "-sourcepath",
              "",
              "-d",
              to.toString(),
              "-classpath",
              String.join(
                  System.getProperty("path.separator"),
                  classPath.stream().map(Path::toString).toList()));
      javac
          .getTask(null, files, messages, options, null, files.getJavaFileObjectsFromPaths(sources))
          .call();
      List<Problem> problems = new ArrayList<>();
      for (Diagnostic<? extends JavaFileObject> message : messages.getDiagnostics()) {
        if (message.getKind() == Diagnostic.Kind.ERROR) {
          String file =
              message.getSource() == null
                  ? ""
                  : Path.of(message.getSource().toUri()).getFileName().toString();
          problems.add(
              new Problem(
                  file,
                  message.getLineNumber(),
                  message.getColumnNumber(),
                  message.getCode(),
                  message.getMessage(Locale.ROOT)));
        }
      }
      return problems;
    }
  }

  /** The first problem, as a learner would say it, with its line. */
  private String inTerms(List<Problem> problems) {
    Problem first = problems.get(0);
    StringBuilder text = new StringBuilder();
    text.append(first.file).append(':').append(first.line).append(": ").append(inTerms(first));
    try {
      String line =
          Files.readAllLines(mine.resolve("mine").resolve(first.file)).get((int) first.line - 1);
      int margin = line.length() - line.stripLeading().length();
      text.append("\n\n    ").append(line.strip());
      if (first.column > margin) {
        text.append("\n    ").append(" ".repeat((int) first.column - 1 - margin)).append('^');
      }
    } catch (IOException | RuntimeException e) {
      // then without the line itself
    }
    int more = problems.size() - 1;
    return more == 0 ? text.toString() : text + "\n\n(and " + more + " more of the compiler's)";
  }

  private String inTerms(Problem problem) {
    String message = problem.message.replaceAll("\\b(?:[a-z]\\w*\\.)+(?=[A-Z])", "");
    String code = problem.code.replace("compiler.err.", "");
    if (code.startsWith("cant.resolve")) {
      Matcher symbol = Pattern.compile("symbol:\\s*(.*)").matcher(message);
      Matcher place = Pattern.compile("location:.*\\b(\\w+(?:<.*>)?)").matcher(message);
      String what = symbol.find() ? symbol.group(1) : message.lines().findFirst().orElse("");
      String where = place.find() ? place.group(1) : "";
      if (Files.exists(mine.resolve("mine").resolve(where + ".java"))
          && !problem.file.equals(where + ".java")) {
        return "this calls the " + what + " of " + where + ". Keep names and parameters there.";
      }
      return "Java does not know the "
          + what
          + (where.isEmpty() ? "" : " in " + where)
          + ". Is it misspelt, or not declared?";
    }
    return switch (code) {
      case "unreachable.stmt" ->
          "this line is never reached. Does \"throw new Todo();\" still stand above it, or is this"
              + " it? Take it out.";
      case "missing.ret.stmt" -> "the method ends without a return.";
      case "premature.eof" -> "the file ends too early: a } is missing somewhere.";
      case "prob.found.req" ->
          message.replace("incompatible types: ", "the types do not fit: ")
              + (message.contains("MatrixView cannot be converted to Matrix")
                  ? ". copy() makes a Matrix of a view."
                  : message.contains("void cannot be converted to")
                      ? ". This method changes the matrix itself and gives nothing back: call it"
                          + " in a line of its own."
                      : message.contains("Matrix cannot be converted to double")
                          ? ". Math takes one number; of a whole matrix there are m.tanh(), m.exp()"
                              + " and m.sigmoid()."
                          : ".");
      default -> message.endsWith(".") ? message : message + ".";
    };
  }

  // ---- small things ----

  /** Lines of at most 80 characters; what is indented stays as it is. */
  private static String wrapped(String text) {
    StringBuilder all = new StringBuilder();
    for (String line : text.split("\n", -1)) {
      int length = 0;
      for (String word : line.startsWith(" ") ? new String[] {line} : line.split(" ")) {
        if (length > 0 && length + 1 + word.length() > 80) {
          all.append('\n');
          length = 0;
        }
        all.append(length == 0 ? "" : " ").append(word);
        length += (length == 0 ? 0 : 1) + word.length();
      }
      all.append('\n');
    }
    return all.toString().stripTrailing();
  }

  /** UTF-8, but on a Windows console its own character set. */
  private static Charset charset() {
    String console =
        System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding"));
    boolean windows = System.getProperty("os.name").startsWith("Windows");
    return windows && console != null ? Charset.forName(console) : StandardCharsets.UTF_8;
  }

  private static List<Path> sources(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    } catch (IOException | java.io.UncheckedIOException e) {
      return List.of(); // an editor is just replacing something
    }
  }

  /** Begins a new screen on a terminal; a file or a pipe gets a line. */
  private static void clear() {
    OUT.print(isTerminal() ? "\u001b[H\u001b[2J\u001b[3J" : "\n----\n\n");
    OUT.flush();
  }

  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null || "dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try { // from JDK 22 on there may be a console that is no terminal
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
    } catch (IOException | java.io.UncheckedIOException e) {
      // it is temporary anyway
    }
  }
}
