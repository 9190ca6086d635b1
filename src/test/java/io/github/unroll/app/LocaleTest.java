package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.unroll.FreshJvm;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.numpy.NumpyFile;
import io.github.unroll.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The program does and says the same in every locale: other digits, commas and capital letters. */
class LocaleTest {

  @TempDir Path folder;

  @Test
  void should_go_on_with_a_training_and_say_the_same() throws Exception {
    Path english = run("en", "US", "1");
    assertThat(english.resolve("said"))
        .content()
        .contains("resumed from directory/train.st: 1 of 12 epochs done")
        .contains("epoch 12  perplexity")
        .contains("0.5"); // a label of the chart
    assertSame(run("ar", "EG", "\u0661"), english); // other digits and another decimal point
    assertSame(run("tr", "TR", "1"), english); // i without a dot
  }

  private static void assertSame(Path other, Path english) {
    assertThat(other.resolve("said")).hasSameTextualContentAs(english.resolve("said"));
    for (String written : List.of("train.st", "model.safetensors")) {
      assertThat(other.resolve(written)).hasSameBinaryContentAs(english.resolve(written));
    }
  }

  /** Goes on with a training, always in the same place, and moves what it made out of the way. */
  private Path run(String language, String country, String one) throws Exception {
    Path directory = begun();
    List<String> flags =
        List.of(
            "-Duser.language=" + language,
            "-Duser.country=" + country,
            "-Dfile.encoding=UTF-8",
            "-Dstdout.encoding=UTF-8",
            "-Djava.awt.headless=true");
    String said = FreshJvm.run(UnderLocale.class, flags, directory);
    assertThat(said).endsWith(one); // that the JVM took the locale
    return Files.move(directory, folder.resolve(language));
  }

  /** A training of one epoch, begun in the locale of this JVM. */
  private Path begun() throws IOException {
    Path directory = Files.createDirectory(folder.resolve("run"));
    Path text =
        Files.writeString(
            directory.resolve("text.txt"),
            IntStream.range(0, 1200).mapToObj(i -> "w" + i % 7).collect(Collectors.joining(" ")));
    ProgramRun run =
        ProgramRun.of(
            "train --batch=4 --steps=5 --hidden=8 --embedding=4 --epochs=1 --data="
                + text
                + " --checkpoint="
                + directory.resolve("train.st"));
    assertThat(run.exitCode()).as(run.err()).isZero();
    Map<String, StoredArray> arrays = new TreeMap<>();
    arrays.put("INPUT", StoredArray.of(new Matrix(1200, 3)));
    NumpyFile.writeArchive(directory.resolve("mixed.npz"), arrays);
    return directory;
  }

  /** The bar formats its times by the default locale, which the program sets. */
  @EnabledOnOs(OS.LINUX)
  @Test
  void should_show_progress_in_the_same_digits() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script lends a terminal");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String command =
        "stty cols 80 && " // of no columns it would be plain lines
            + java
            + " -Duser.language=ar -Duser.country=EG -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 "
            + Main.class.getName()
            + " train --epochs=1 --tokens=30000 --chart="
            + folder.resolve("curve.png");
    Path said = folder.resolve("said");
    ProcessBuilder builder =
        new ProcessBuilder("/usr/bin/script", "-qec", command, "/dev/null")
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(said.toFile());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("TERM", "xterm");
    Process process = builder.start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(said).content().contains("epoch 1/1 ");
    assertThat(said).content().doesNotContainPattern("[\\p{Nd}&&[^0-9]]");
  }
}
