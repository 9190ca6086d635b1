package io.github.unroll.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which package may import which: the table of docs/design.md, lowest first. */
class PackageArrowsTest {

  private static final String ROOT = "io.github.unroll.";
  private static final Path LIBRARY = Path.of("src/main/java");
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT + "..");

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
  private enum Room {
    KERNEL(),
    SIMD("kernel"),
    HANDOVER("kernel"),
    PARALLEL("kernel"),
    TENSOR("kernel"),
    RANDOM("tensor"),
    CHECK("tensor", "random", "cell", "layer"),
    CELL("tensor"),
    COLUMN("tensor"),
    LAYER("tensor", "cell", "random"),
    LOSS("tensor"),
    OPTIM("tensor"),
    DATA("tensor", "random"),
    DATA_TASK("tensor", "random", "data"),
    MODEL("tensor", "cell", "layer", "loss", "random", "data"),
    TRAIN("tensor", "random", "cell", "layer", "loss", "optim", "data", "model"),
    IO_BYTES(),
    IO("tensor", "io.bytes"),
    IO_NUMPY("io.bytes", "io"),
    IO_SAFETENSORS("io.bytes", "io"),
    IO_TORCH("io.bytes", "io"),
    IO_ONNX_FILE("io.bytes", "io"),
    IO_HDF5("io.bytes", "io"),
    IO_ARRAYS(
        "io.bytes", "io", "io.numpy", "io.safetensors", "io.torch", "io.onnx.file", "io.hdf5"),
    IO_CHECKPOINT(
        "tensor",
        "random",
        "cell",
        "layer",
        "optim",
        "data",
        "model",
        "train",
        "io.bytes",
        "io",
        "io.safetensors"),
    IO_FOREIGN("tensor", "random", "cell", "layer", "model", "io.bytes", "io", "io.arrays"),
    IO_ONNX("tensor", "cell", "layer", "model", "io", "io.foreign", "io.onnx.file"),
    IO_KERAS("tensor", "cell", "layer", "model", "io.bytes", "io", "io.hdf5", "io.foreign"),
    JOB("tensor", "random", "layer", "loss", "optim", "data", "model", "train", "io.checkpoint"),
    APP(
        "tensor",
        "random",
        "check",
        "cell",
        "column",
        "layer",
        "loss",
        "optim",
        "data",
        "data.task",
        "model",
        "train",
        "io.bytes",
        "io",
        "io.numpy",
        "io.safetensors",
        "io.arrays",
        "io.checkpoint",
        "io.foreign",
        "io.onnx",
        "io.keras",
        "job");

    private final List<String> mayImport;

    Room(String... mayImport) {
      this.mayImport = List.of(mayImport);
    }

    String folder() {
      return name().toLowerCase(Locale.ROOT).replace('_', '.');
    }
  }

  /**
   * Of the JDK only what every JVM has: no desktop, no logging; the incubator for simd alone,
   * threads for parallel and handover, atomic numbers for kernel, archives and times for their
   * files and tables, a checksum for states, Python's integers of any length. The program takes
   * what it likes of it, and alone has libraries; but for io.hdf5, which reads by jhdf where it is
   * there.
   */
  private static ArchRule onlyImports(String room, List<String> others) {
    List<String> allowed =
        new ArrayList<>(
            List.of(
                "java.lang..",
                "java.util",
                "java.util.function",
                "java.util.random",
                "java.util.stream",
                "java.io",
                "java.nio..",
                ROOT + room));
    others.forEach(other -> allowed.add(ROOT + other));
    if (room.equals("simd")) {
      allowed.add("jdk.incubator.vector");
    }
    if (room.equals("io.bytes") || room.equals("io.numpy")) {
      allowed.addAll(List.of("java.util.zip", "java.time"));
    }
    if (room.equals("io.hdf5")) {
      allowed.addAll(List.of("java.util.zip", "io.jhdf.."));
    }
    if (room.equals("data")) {
      allowed.add("java.time..");
    }
    if (room.equals("layer")) {
      allowed.add("java.util.zip");
    }
    if (room.equals("parallel")) {
      allowed.addAll(List.of("java.util.concurrent..", "java.security"));
    }
    if (room.equals("io.torch")) {
      allowed.add("java.math");
    }
    if (room.equals("app")) {
      allowed.addAll(
          List.of("java..", "javax..", "picocli..", "me.tongfei..", "org.knowm.xchart.."));
    }
    if (room.equals("handover")) {
      allowed.addAll(List.of("java.util.concurrent.locks", "java.security"));
    }
    if (room.equals("kernel")) {
      allowed.addAll(List.of("java.util.concurrent.atomic", "java.security"));
    }
    return classes()
        .that()
        .resideInAPackage(ROOT + room)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed.toArray(String[]::new));
  }

  @ParameterizedTest
  @EnumSource(Room.class)
  void should_import_only_what_the_blueprint_allows(Room room) {
    onlyImports(room.folder(), room.mayImport).check(CLASSES);
  }

  @Test
  void should_notice_an_arrow_that_is_not_allowed() {
    assertThat(onlyImports("layer", List.of("tensor")).evaluate(CLASSES).hasViolation()).isTrue();
    assertThat(onlyImports("random", List.of()).evaluate(CLASSES).hasViolation()).isTrue();
  }

  @Test
  void should_know_every_package() {
    TreeSet<String> packages =
        CLASSES.stream()
            .map(c -> c.getPackageName().substring(ROOT.length()))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(packages)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Room.values()).map(Room::folder).toList());
  }

  /** The program is compiled by itself, so that the library's module need not know of it. */
  @Test
  void the_library_should_know_nothing_of_the_program() throws IOException {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "app..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + "app..")
        .check(CLASSES);
    assertThat(LIBRARY.resolve("io/github/unroll/app")).doesNotExist();
    try (Stream<Path> files = Files.walk(LIBRARY)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(file).content().doesNotContain(ROOT + "app", "requires static");
      }
    }
  }
}
