package io.github.unroll.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.FreshJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the three system properties ask for is done, or refused by property, value and reason. */
class KernelSettingsTest {

  private static final Path CLASSES = Path.of("target/classes");
  private static final String MODULE = "--add-modules=jdk.incubator.vector";
  private static final String SIMD = "-Dunroll.kernel=simd";
  private static final String SOFTWARE = "-Dunroll.fma=software";
  private static final String NO_FMA = "-XX:-UseFMA";
  private static final String PLAIN_IN_SOFTWARE =
      "plain Java (multiply-adds in software, so no vectors)";
  private static final String ADVICE = "start it with --add-modules jdk.incubator.vector";

  /** Prints the kernel, or why there is none. */
  static final class Chosen {
    private Chosen() {}

    public static void main(String[] args) {
      try {
        System.out.println("chosen: " + Kernel.active());
      } catch (ExceptionInInitializerError e) {
        System.out.println("refused: " + e.getCause().getMessage());
      }
    }
  }

  private static String chosen(String... flags) throws Exception {
    return FreshJvm.run(Chosen.class, List.of(flags));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"abc", "0", "-1", "1025", "2147483647", "2147483648", "0x4", "1.5", "", " 2"})
  void a_number_of_threads_that_is_none_should_be_refused_by_name(String value) throws Exception {
    assertThat(chosen("-Dunroll.threads=" + value))
        .isEqualTo(
            "refused: -Dunroll.threads="
                + value
                + ": it must be a whole number from 1, the caller's thread alone, to 1024");
  }

  @ParameterizedTest
  @CsvSource({"1, plain Java", "2, plain Java on 2 threads", "1024, plain Java on 1024 threads"})
  void a_number_of_threads_should_be_taken(String value, String kernel) throws Exception {
    assertThat(chosen("-Dunroll.kernel=plain", "-Dunroll.threads=" + value))
        .isEqualTo("chosen: " + kernel);
  }

  @ParameterizedTest
  @ValueSource(strings = {"xyz", "any", "SIMD", "", "fast"})
  void a_kernel_that_is_none_should_be_refused_by_name(String value) throws Exception {
    assertThat(chosen("-Dunroll.kernel=" + value))
        .isEqualTo("refused: -Dunroll.kernel=" + value + ": there are simd and plain");
  }

  @ParameterizedTest
  @ValueSource(strings = {"soft", "Hardware", "true", ""})
  void a_multiply_add_that_is_none_should_be_refused_by_name(String value) throws Exception {
    assertThat(chosen("-Dunroll.fma=" + value))
        .isEqualTo("refused: -Dunroll.fma=" + value + ": there are hardware and software");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-Xmixed", "-Xint", "-Xcomp", "-XX:TieredStopAtLevel=1"})
  void the_faster_multiply_add_should_be_found_out_however_java_runs(String mode) throws Exception {
    assertThat(chosen(mode, "-Dunroll.threads=1")).isEqualTo("chosen: plain Java");
    assertThat(chosen(mode, "-Dunroll.threads=1", NO_FMA))
        .contains("no fused multiply-add in hardware")
        .endsWith("chosen: " + PLAIN_IN_SOFTWARE);
  }

  @Test
  void a_multiply_add_that_is_asked_for_should_be_taken_without_a_word() throws Exception {
    assertThat(chosen("-Dunroll.threads=2", SOFTWARE))
        .isEqualTo("chosen: " + PLAIN_IN_SOFTWARE + " on 2 threads");
    assertThat(chosen("-Dunroll.threads=1", "-Dunroll.fma=hardware", NO_FMA))
        .isEqualTo("chosen: plain Java");
  }

  @Test
  void vectors_should_be_left_alone_without_multiply_adds_in_hardware_unless_asked_for()
      throws Exception {
    assertThat(chosen(MODULE, "-Dunroll.threads=1", NO_FMA)).endsWith(PLAIN_IN_SOFTWARE);
    assertThat(chosen(MODULE, "-Dunroll.threads=1", SOFTWARE)).endsWith(PLAIN_IN_SOFTWARE);
    assertThat(chosen(MODULE, "-Dunroll.threads=1", SOFTWARE, SIMD)).contains("chosen: vectors of");
    assertThat(chosen(MODULE, "-Dunroll.threads=1", NO_FMA, SIMD))
        .contains("with -Dunroll.kernel=simd microseconds")
        .contains("chosen: vectors of");
  }

  @Test
  void vectors_should_be_handed_over_to_unless_a_kernel_is_asked_for() throws Exception {
    assertThat(chosen(MODULE, "-Dunroll.threads=1"))
        .contains("chosen: plain Java, handing over to vectors of ")
        .endsWith(" bits (0 of 10 operations so far)");
    assertThat(chosen(MODULE, "-Dunroll.threads=2"))
        .endsWith(" bits (0 of 10 operations so far) on 2 threads");
    assertThat(chosen(MODULE, "-Dunroll.threads=1", "-Dunroll.kernel=plain"))
        .endsWith("chosen: plain Java");
    assertThat(chosen(MODULE, "-Dunroll.threads=1", SIMD)).contains("chosen: vectors of ");
  }

  @Test
  void plain_java_should_be_taken_where_what_hands_over_is_missing(@TempDir Path fewer)
      throws Exception {
    String path = without(fewer, "io/github/unroll/handover");
    assertThat(FreshJvm.runFrom(path, Chosen.class, List.of(MODULE, "-Dunroll.threads=1")))
        .contains("the class io.github.unroll.handover.HandOverKernel is missing")
        .contains("plain Java does the work")
        .endsWith("chosen: plain Java");
    assertThat(FreshJvm.runFrom(path, Chosen.class, List.of(MODULE, SIMD, "-Dunroll.threads=1")))
        .contains("chosen: vectors of ");
  }

  @Test
  void vectors_without_their_module_should_be_refused_with_the_flag_that_adds_it()
      throws Exception {
    assertThat(chosen(SIMD))
        .isEqualTo("refused: -Dunroll.kernel=simd: there is no Vector API in this JVM; " + ADVICE);
    assertThat(chosen("-Dunroll.threads=1")).isEqualTo("chosen: plain Java");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", MODULE})
  void vectors_without_their_classes_should_be_refused_with_the_class_that_is_missing(
      String module, @TempDir Path fewer) throws Exception {
    String path = without(fewer, "io/github/unroll/simd");
    List<String> flags = new ArrayList<>(List.of("-Dunroll.threads=1"));
    if (!module.isEmpty()) {
      flags.add(module);
    }
    assertThat(FreshJvm.runFrom(path, Chosen.class, flags)).endsWith("chosen: plain Java");

    flags.add(SIMD);
    assertThat(FreshJvm.runFrom(path, Chosen.class, flags))
        .contains("refused: -Dunroll.kernel=simd: the class io.github.unroll.simd.SimdKernel is ")
        .contains("missing, as beside a copied cell or in a jar made smaller; ")
        .doesNotContain(ADVICE);
  }

  @Test
  void vectors_of_which_some_class_is_missing_should_be_refused_with_its_name(@TempDir Path fewer)
      throws Exception {
    String path = without(fewer, "io/github/unroll/simd/SimdTiles.class");
    List<String> flags = List.of(MODULE, SIMD, "-Dunroll.threads=1");
    assertThat(FreshJvm.runFrom(path, Chosen.class, flags))
        .contains("refused: -Dunroll.kernel=simd: the class io.github.unroll.simd.SimdKernel does")
        .contains("not start: ")
        .contains("SimdTiles")
        .doesNotContain(ADVICE);
    assertThat(FreshJvm.runFrom(path, Chosen.class, List.of(MODULE, "-Dunroll.threads=1")))
        .contains("SimdTiles")
        .contains("plain Java does the work")
        .endsWith("chosen: plain Java");
  }

  @Test
  void threads_without_their_classes_should_be_refused_where_they_are_asked_for(@TempDir Path fewer)
      throws Exception {
    String path = without(fewer, "io/github/unroll/parallel");
    assertThat(FreshJvm.runFrom(path, Chosen.class, List.of("-XX:ActiveProcessorCount=4")))
        .isEqualTo("chosen: plain Java");
    assertThat(FreshJvm.runFrom(path, Chosen.class, List.of("-Dunroll.threads=1")))
        .isEqualTo("chosen: plain Java");
    assertThat(FreshJvm.runFrom(path, Chosen.class, List.of("-Dunroll.threads=2")))
        .startsWith("refused: -Dunroll.threads=2: the class ")
        .contains("io.github.unroll.parallel.ParallelKernel is missing");
  }

  /** This JVM's class path with a copy of the library that lacks some of its classes. */
  private static String without(Path copy, String lacking) throws IOException {
    try (Stream<Path> files = Files.walk(CLASSES)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path name = CLASSES.relativize(file);
        if (!name.startsWith(lacking)) {
          Path to = copy.resolve(name);
          Files.createDirectories(to.getParent());
          Files.copy(file, to);
        }
      }
    }
    String others =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> !Path.of(entry).toAbsolutePath().equals(CLASSES.toAbsolutePath()))
            .reduce("", (all, entry) -> all + File.pathSeparator + entry);
    return copy + others;
  }
}
