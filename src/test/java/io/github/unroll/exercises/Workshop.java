package io.github.unroll.exercises;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.architecture.SourceCompiler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the exercises' tests as a learner does, in one JVM: some library classes compiled anew and
 * put before the others, in a class loader of their own.
 */
final class Workshop {

  private static final Path TESTS = Path.of("src/exercises/test");
  private static final Path LIBRARY_CLASSES = Path.of("target/classes");
  // A launcher of its own: the road map is for learners.
  private static final Launcher LAUNCHER =
      LauncherFactory.create(
          LauncherConfig.builder()
              .enableTestExecutionListenerAutoRegistration(false)
              .enableLauncherSessionListenerAutoRegistration(false)
              .build());

  private final Path folder;
  private final Path testClasses;
  private int attempts;

  /** Compiles the exercises' tests into a folder. */
  Workshop(Path folder) {
    this.folder = folder;
    this.testClasses = folder.resolve("tests");
    try (var sources = Files.walk(TESTS)) {
      List<Path> files = sources.filter(path -> path.toString().endsWith(".java")).toList();
      String classPath =
          LIBRARY_CLASSES
              + System.getProperty("path.separator")
              + System.getProperty("java.class.path");
      Files.createDirectories(testClasses);
      assertThat(SourceCompiler.compile(files, classPath, testClasses)).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of the exercises' test classes, in the order of the road. */
  static List<String> tests() {
    try (var sources = Files.walk(TESTS)) {
      return sources
          .map(path -> path.getFileName().toString())
          .filter(name -> name.endsWith("Test.java"))
          .map(name -> name.substring(0, name.length() - ".java".length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs the tests of one exercise.
   *
   * @param sources changed library classes, by file under io/github/unroll
   * @param exercise its number
   * @return for each test method, in order, what it said; empty if it passed
   */
  Map<String, String> run(Map<String, List<String>> sources, int exercise) {
    return run(compiled(sources), exercise);
  }

  /** {@link #run(Map, int)} of classes that {@link #compiled} has made. */
  Map<String, String> run(Path changed, int exercise) {
    String prefix = String.format(Locale.ROOT, "E%02d", exercise);
    String test =
        tests().stream().filter(name -> name.startsWith(prefix)).findFirst().orElseThrow();
    Map<String, String> messages = new LinkedHashMap<>();
    try (LearnersLoader loader = new LearnersLoader(changed, testClasses, LIBRARY_CLASSES)) {
      Class<?> testClass = loader.loadClass("io.github.unroll.exercises." + test);
      assertThat(testClass.getClassLoader()).isSameAs(loader);
      LAUNCHER.execute(
          LauncherDiscoveryRequestBuilder.request()
              .selectors(DiscoverySelectors.selectClass(testClass))
              .build(),
          new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
              if (test.isTest()) {
                messages.put(
                    test.getDisplayName().replace("()", ""),
                    result.getThrowable().map(Throwable::toString).orElse(""));
              } else {
                result
                    .getThrowable()
                    .ifPresent(thrown -> messages.put(test.getDisplayName(), thrown.toString()));
              }
            }
          });
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
    assertThat(messages).as("tests of " + test).isNotEmpty();
    return messages;
  }

  /** Compiles changed library classes into a folder of their own. */
  Path compiled(Map<String, List<String>> sources) {
    Path attempt = folder.resolve("attempt" + attempts++);
    List<Path> files = new ArrayList<>();
    try {
      Files.createDirectories(attempt.resolve("classes"));
      for (Map.Entry<String, List<String>> source : sources.entrySet()) {
        Path file = attempt.resolve("sources").resolve(source.getKey());
        Files.createDirectories(file.getParent());
        Files.write(file, source.getValue());
        files.add(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!files.isEmpty()) {
      assertThat(
              SourceCompiler.compile(files, LIBRARY_CLASSES.toString(), attempt.resolve("classes")))
          .isEmpty();
    }
    return attempt.resolve("classes");
  }

  /**
   * Looks for the library's and the exercises' classes here first, for all others in the parent.
   */
  private static final class LearnersLoader extends URLClassLoader {

    LearnersLoader(Path... classes) throws MalformedURLException {
      super(urls(classes), Workshop.class.getClassLoader());
    }

    private static URL[] urls(Path... folders) throws MalformedURLException {
      URL[] urls = new URL[folders.length];
      for (int i = 0; i < folders.length; i++) {
        urls[i] = folders[i].toUri().toURL();
      }
      return urls;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("io.github.unroll.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? findClass(name) : loaded;
      }
    }
  }
}
