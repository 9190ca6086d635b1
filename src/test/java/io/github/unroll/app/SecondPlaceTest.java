package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.io.checkpoint.TrainingCheckpoint;
import io.github.unroll.model.RnnLanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What train has learned is not lost when it can no longer be saved where it was to go: here the
 * directory is moved away meanwhile.
 */
class SecondPlaceTest {

  private static final String TINY =
      "train --tokens=2000 --hidden=8 --embedding=4 --batch=4 --steps=20 --chart=";

  @TempDir Path directory;
  private Path folder;

  @BeforeEach
  void make_a_folder_that_will_vanish() throws IOException {
    folder = Files.createDirectory(directory.resolve("folder"));
  }

  /** Trains; the folder vanishes after the first epoch, which makes a checkpoint. */
  private ProgramRun trainWhileTheFolderVanishes(String options, Path firstCheckpoint)
      throws IOException {
    CompletableFuture<ProgramRun> run =
        CompletableFuture.supplyAsync(
            () -> ProgramRun.of(TINY + directory.resolve("c.svg") + " " + options));
    while (!run.isDone() && firstCheckpoint.toFile().length() == 0) {
      Thread.onSpinWait();
    }
    Files.move(folder, directory.resolve("gone"));
    return run.join();
  }

  private static Path placeIn(ProgramRun run, String what) {
    Matcher place = Pattern.compile("; " + what + " is in (\\S+)\\s*$").matcher(run.err());
    assertThat(place.find()).as(run.err()).isTrue();
    return Path.of(place.group(1));
  }

  @Test
  void should_take_the_model() throws IOException {
    Path checkpoint = directory.resolve("run");
    ProgramRun run =
        trainWhileTheFolderVanishes(
            "--epochs=80 --checkpoint=" + checkpoint + " --save=" + folder.resolve("model.st"),
            checkpoint);

    run.assertFailsInOneLine(folder.resolve("model.st") + ": no directory " + folder);
    Path place = placeIn(run, "the model");
    try {
      assertThat(place.getFileName().toString()).endsWith("-model.st");
      assertThat(ModelFile.load(place, RnnLanguageModel.class).notes().texts())
          .containsEntry("epoch", "80");
      assertThat(ModelFile.load(place, RnnLanguageModel.class).model().parameters().toString())
          .isEqualTo(
              ModelFile.load(checkpoint, RnnLanguageModel.class).model().parameters().toString());
    } finally {
      Files.delete(place);
    }
  }

  @Test
  void should_take_the_training_to_be_gone_on_with() throws IOException {
    Path file = folder.resolve("run");
    ProgramRun run = trainWhileTheFolderVanishes("--epochs=100000 --checkpoint=" + file, file);

    run.assertFailsInOneLine(file + ": "); // no directory, or vanished in the middle of a save
    Path place = placeIn(run, "the training");
    try {
      int epochs = TrainingCheckpoint.load(place).epoch();
      ProgramRun rest =
          ProgramRun.of("train --resume --checkpoint=" + place + " --epochs=" + epochs);
      assertThat(rest.exitCode()).as(rest.err()).isZero();
      assertThat(rest.out()).contains("epoch " + epochs);
    } finally {
      Files.delete(place);
    }
  }

  // ---- links: a name is that of the file at its end ----

  @Test
  void should_not_be_needed_where_links_wait_for_their_files() throws IOException {
    Path chart = directory.resolve("c.svg"); // as TINY has it
    for (String name : new String[] {"model", "run", "c.svg"}) {
      Files.createSymbolicLink(directory.resolve(name), Path.of("folder", name));
    }
    ProgramRun run =
        ProgramRun.of(
            TINY
                + chart
                + " --epochs=1 --save="
                + directory.resolve("model")
                + " --checkpoint="
                + directory.resolve("run"));
    assertThat(run.exitCode()).as(run.err()).isZero();
    for (String name : new String[] {"model", "run", "c.svg"}) {
      assertThat(directory.resolve(name)).isSymbolicLink();
      assertThat(folder.resolve(name)).isRegularFile().isNotEmptyFile();
    }
  }

  @Test
  void should_refuse_two_names_of_one_file_that_is_not_there_yet() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("folder/model"));
    ProgramRun.of("train --save=" + link + " --checkpoint=" + folder.resolve("model"))
        .assertWrongUse("--save and --checkpoint need two files");
  }
}
