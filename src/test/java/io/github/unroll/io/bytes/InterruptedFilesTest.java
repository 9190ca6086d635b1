package io.github.unroll.io.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.Corpus;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.arrays.ArrayFile;
import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.io.checkpoint.Notes;
import io.github.unroll.io.checkpoint.RunningTraining;
import io.github.unroll.io.checkpoint.TrainingCheckpoint;
import io.github.unroll.io.numpy.NumpyFile;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.optim.Sgd;
import io.github.unroll.random.RandomState;
import io.github.unroll.train.Schedule;
import io.github.unroll.train.TrainingProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A thread that is interrupted reads and writes files as any other, and stays interrupted. */
class InterruptedFilesTest {

  private static final StoredArray ARRAY = StoredArray.of(new RandomState(1).randn(300, 400));
  private static final Vocabulary WORDS = Vocabulary.of(List.of("a", "b", "c"));

  @TempDir Path directory;

  /** Writes a file, or reads it. */
  @FunctionalInterface
  private interface Access {
    void to(Path file) throws IOException;
  }

  static Stream<Arguments> files() {
    RandomState random = new RandomState(1);
    RnnLanguageModel model = new RnnLanguageModel(3, 40, 50, random);
    BpttBatches batches = new BpttBatches(new int[] {0, 1, 2}, 1, 2);
    TrainingProgress.Judgement none =
        new TrainingProgress.Judgement(
            Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 0, List.of());
    TrainingProgress progress = new TrainingProgress(1, 0, 0, none);
    Access npz = file -> NumpyFile.writeArchive(file, Map.of("a", ARRAY, "b", ARRAY));
    Access safeTensors =
        file ->
            new SafeTensors(Map.of("a", StoredArray.of(new RandomState(1).randn(300, 400))))
                .write(file);
    Access text = file -> Files.writeString(file, "to be or not to be ".repeat(5_000));
    return Stream.of(
        files("a.npy", file -> NumpyFile.write(file, ARRAY), NumpyFile::read),
        files("a.npz", npz, NumpyFile::readArchive),
        files(
            "b.npz",
            file -> NumpyFile.writeCompressedArchive(file, Map.of("a", ARRAY)),
            NumpyFile::readArchive),
        files("c.npz", npz, ArrayFile::list),
        files("a.npy", file -> NumpyFile.write(file, ARRAY), ArrayFile::list),
        files("a.safetensors", safeTensors, SafeTensors::read),
        files("b.safetensors", safeTensors, ArrayFile::list),
        files("model", file -> ModelFile.save(file, model, Notes.of(WORDS)), ModelFile::load),
        files(
            "training",
            file ->
                TrainingCheckpoint.save(
                    file,
                    new RunningTraining<>(model, batches, new Sgd(1), new Schedule.Fixed(), random),
                    progress),
            TrainingCheckpoint::load),
        files("rehearsed", AtomicFile::rehearse, file -> {}),
        files("copied", InterruptedFilesTest::writeAndCopy, NumpyFile::read),
        files("words.txt", text, Corpus::words),
        files("letters.txt", text, Corpus::characters));
  }

  private static Arguments files(String name, Access write, Access read) {
    return Arguments.of(name, write, read);
  }

  /** As where a rename is refused. */
  private static void writeAndCopy(Path file) throws IOException {
    Path finished = file.resolveSibling("finished");
    NumpyFile.write(finished, ARRAY);
    CopyInPlace.copy(finished, file);
  }

  @ParameterizedTest
  @MethodSource("files")
  void should_be_written_and_read_by_an_interrupted_thread(String name, Access write, Access read)
      throws IOException {
    Path file = directory.resolve(name);
    try {
      Thread.currentThread().interrupt();
      write.to(file);
      assertThat(Thread.interrupted()).as("still interrupted after writing").isTrue();
      Thread.currentThread().interrupt();
      read.to(file);
      assertThat(Thread.interrupted()).as("still interrupted after reading").isTrue();
    } finally {
      Thread.interrupted(); // no other test is to meet it
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void should_be_written_and_read_while_interrupts_rain(String name, Access write, Access read)
      throws Exception {
    Path file = directory.resolve(name);
    write.to(file);
    byte[] undisturbed = Files.exists(file) ? Files.readAllBytes(file) : null;
    Thread target = Thread.currentThread();
    Thread rain =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                target.interrupt();
                Thread.yield();
              }
            });
    rain.start();
    try {
      for (int i = 0; i < 5; i++) {
        write.to(file);
        read.to(file);
      }
    } finally {
      rain.interrupt();
      joinDespiteInterrupts(rain);
      Thread.interrupted();
    }
    if (undisturbed != null) {
      assertThat(Files.readAllBytes(file)).isEqualTo(undisturbed);
    }
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .isSubsetOf(name); // no temporary file
    }
  }

  private static void joinDespiteInterrupts(Thread thread) {
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        // it may have interrupted once more
      }
    }
  }
}
