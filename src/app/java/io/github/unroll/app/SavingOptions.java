package io.github.unroll.app;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.checkpoint.TrainingCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of saving a training. */
final class SavingOptions {
  private static final int NEVER_WITHIN_AN_EPOCH = Integer.MAX_VALUE;

  @Option(
      names = "--save",
      order = 41,
      paramLabel = "FILE",
      description = {
        "Save the trained model, with --valid the best",
        "  epoch's, for generate, evaluate and inspect: a",
        "  .safetensors file."
      })
  private Path model;

  @Option(
      names = "--checkpoint",
      order = 42,
      paramLabel = "FILE",
      description = {
        "Save the training after each epoch, for --resume:",
        "  a .safetensors file, which is a model, too. An",
        "  existing one is not overwritten by another",
        "  training."
      })
  private Path checkpoint;

  @Option(
      names = "--checkpoint-every",
      order = 43,
      paramLabel = "N",
      description = "Save it after every N batches of an epoch, too.")
  private Integer every;

  @Option(
      names = "--resume",
      order = 44,
      description = {
        "Go on with the training in --checkpoint, bit for",
        "  bit as if it had never stopped. Its options need",
        "  not be given again; --epochs and --patience may",
        "  change. If there is no such file yet, begin."
      })
  private boolean resume;

  void check() throws WrongUse {
    WrongUse.unless(
        checkpoint != null || every == null,
        "--checkpoint-every needs --checkpoint, the file to save to");
    WrongUse.unless(
        checkpoint != null || !resume, "--resume needs --checkpoint, the file to go on from");
    WrongUse.unless(
        !WritableFile.same(checkpoint, model),
        "--save and --checkpoint need two files, not both " + model);
    requireName("--save", model);
    requireName("--checkpoint", checkpoint);
    if (every != null) {
      WrongUse.unlessAtLeastOne("--checkpoint-every", every);
    }
  }

  /** Checks that a file name does not promise another kind of file than .safetensors. */
  private static void requireName(String what, Path file) throws WrongUse {
    if (file != null) {
      try {
        FileKind.SAFETENSORS.requireName(file);
      } catch (IllegalArgumentException e) {
        throw new WrongUse(what + " " + e.getMessage());
      }
    }
  }

  /** Checks that neither the training nor the model is saved to a file of another option. */
  void requireOther(String what, Path other) throws WrongUse {
    WrongUse.unless(
        !WritableFile.same(model, other),
        String.format(Locale.ROOT, "--save and %s are one file, %s", what, model));
    WrongUse.unless(
        !WritableFile.same(checkpoint, other),
        String.format(Locale.ROOT, "--checkpoint and %s are one file, %s", what, checkpoint));
  }

  /** Checks before the training that the files can and may be written. */
  void requireWritable() throws IOException, Failure {
    if (model != null) {
      WritableFile.require("--save", model);
    }
    if (checkpoint != null) {
      if (!resume && Files.isRegularFile(checkpoint)) {
        throw new Failure(
            String.format(
                Locale.ROOT,
                "--checkpoint %s: exists already; add --resume to go on with it, or delete it",
                checkpoint),
            null);
      }
      WritableFile.require("--checkpoint", checkpoint);
    }
  }

  /** The file of the trained model, if it is saved. */
  Optional<Path> model() {
    return Optional.ofNullable(model);
  }

  /** The checkpoint file, if the training is saved. */
  Optional<Path> checkpoint() {
    return Optional.ofNullable(checkpoint);
  }

  int every() {
    return every == null ? NEVER_WITHIN_AN_EPOCH : every;
  }

  /** Whether --resume was given but there is no checkpoint yet. */
  boolean resumesNothing() {
    return resume && Files.notExists(checkpoint);
  }

  /** The checkpoint to resume, if there is one. */
  Optional<TrainingCheckpoint> begun() throws IOException {
    return resume && !resumesNothing()
        ? Optional.of(TrainingCheckpoint.load(checkpoint))
        : Optional.empty();
  }
}
