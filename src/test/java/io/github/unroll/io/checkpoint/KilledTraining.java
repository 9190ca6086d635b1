package io.github.unroll.io.checkpoint;

import io.github.unroll.cell.CellKind;
import io.github.unroll.data.Batches;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.DrawnBatches;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.data.PairBatches;
import io.github.unroll.data.SequencePairs;
import io.github.unroll.data.task.AddingProblem;
import io.github.unroll.data.task.AdditionTask;
import io.github.unroll.layer.Merge;
import io.github.unroll.model.Input;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.Seq2Seq;
import io.github.unroll.model.Seq2SeqDescription;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Plateau;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import io.github.unroll.train.Schedule;
import io.github.unroll.train.Trainer;
import io.github.unroll.train.TrainingPlan;
import io.github.unroll.train.TrainingProgress;
import io.github.unroll.train.Validation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Begins a training or, if there is a checkpoint, goes on with it; saves after every batch; prints
 * the SHA-256 of the last checkpoint and of the parameters in the end.
 */
final class KilledTraining {

  private static final int V = 30;
  private static final int EPOCHS = 6;

  private KilledTraining() {}

  public static void main(String[] args) throws IOException, NoSuchAlgorithmException {
    Path file = Path.of(args[0]);
    String digest =
        switch (args[1]) {
          case "language-model" -> languageModel(file);
          case "classifier" -> classifier(file);
          case "regressor" -> regressor(file);
          case "seq2seq" -> seq2seq(file);
          default -> throw new IllegalArgumentException(args[1]);
        };
    System.out.println("SHA-256 " + digest);
  }

  private static String languageModel(Path file) throws IOException, NoSuchAlgorithmException {
    RandomState random = new RandomState(1);
    RnnLanguageModel model =
        new RnnLanguageModel(
            SequenceDescription.languageModel(V, 16, 16)
                .withCell(CellKind.LSTM)
                .withLayers(2)
                .withDropout(0.3)
                .withTiedWeights(),
            random);
    int[] heldOut = new RandomState(3).randint(0, V, 200);
    BpttBatches batches = new BpttBatches(new RandomState(2).randint(0, V, 1601), 4, 8);
    return train(file, model, batches, random, Validation.by(() -> model.perplexity(heldOut)));
  }

  private static String classifier(Path file) throws IOException, NoSuchAlgorithmException {
    RandomState random = new RandomState(1);
    SequenceClassifier model =
        new SequenceClassifier(
            SequenceDescription.classifier(Input.features(3), 8, 2)
                .withCell(CellKind.GRU_RESET_AFTER)
                .withLayers(2)
                .inBothDirections(Merge.CONCATENATE)
                .withDropout(0.3),
            random);
    Batches<LabelledSequences> batches =
        new DrawnBatches<>(50, random, KilledTraining::sumsAboveZero);
    LabelledSequences heldOut = sumsAboveZero(new RandomState(3));
    SequenceClassifier judged = model;
    return train(file, model, batches, random, Validation.by(() -> errors(judged, heldOut)));
  }

  /** Whether the first feature is positive on the whole. */
  private static LabelledSequences sumsAboveZero(RandomState random) {
    Tensor3 xs = random.randn(8, 6, 3);
    int[] classes = new int[8];
    for (int i = 0; i < classes.length; i++) {
      double sum = 0;
      for (int t = 0; t < 6; t++) {
        sum += xs.get(i, t, 0);
      }
      classes[i] = sum > 0 ? 1 : 0;
    }
    return LabelledSequences.ofWhole(xs, null, classes);
  }

  private static double errors(SequenceClassifier model, LabelledSequences batch) {
    int[][] told = model.predict(batch.inputs());
    int wrong = 0;
    for (int i = 0; i < told.length; i++) {
      wrong += told[i][0] == batch.labels()[i][0] ? 0 : 1;
    }
    return wrong;
  }

  private static String regressor(Path file) throws IOException, NoSuchAlgorithmException {
    RandomState random = new RandomState(1);
    SequenceRegressor model =
        new SequenceRegressor(
            SequenceDescription.regressor(Input.features(2), 12, 1).withDropout(0.2), random);
    AddingProblem problem = new AddingProblem(10);
    var heldOut = problem.draw(50, new RandomState(3));
    SequenceRegressor judged = model;
    return train(
        file,
        model,
        problem.batches(8, 50, random),
        random,
        Validation.by(() -> Math.abs(judged.predict(heldOut.inputs()).get(0, 0, 0))));
  }

  private static String seq2seq(Path file) throws IOException, NoSuchAlgorithmException {
    RandomState random = new RandomState(1);
    SequencePairs sums = AdditionTask.sums(400, new RandomState(2));
    Seq2Seq model =
        new Seq2Seq(
            new Seq2SeqDescription(sums.vocabulary().size(), 8, 16)
                .withCell(CellKind.LSTM)
                .withAttention()
                .withDropout(0.2),
            random);
    SequencePairs heldOut = AdditionTask.sums(50, new RandomState(3));
    return train(
        file,
        model,
        new PairBatches(sums, 8, new RandomState(4)),
        random,
        Validation.by(() -> 1 - model.exactMatch(heldOut)));
  }

  private static <B> String train(
      Path file,
      TrainableModel<B> model,
      Batches<B> batches,
      RandomState random,
      Validation validation)
      throws IOException, NoSuchAlgorithmException {
    Adam adam = new Adam(0.02);
    Schedule schedule = new Schedule.OnPlateau(new Plateau(1.5));
    TrainingPlan plan = TrainingPlan.of(EPOCHS).with(schedule).with(validation.keepingBest());
    RunningTraining<B> training = new RunningTraining<>(model, batches, adam, schedule, random);
    Trainer<B> trainer =
        new Trainer<>(
            model,
            adam,
            GradientClipping.byGlobalNorm(0.5),
            new CheckpointListener(file, 1, training));
    Optional<TrainingProgress> begun = TrainingCheckpoint.restoreIfThere(file, training);
    if (begun.isPresent()) {
      trainer.resume(batches, plan, begun.get());
    } else {
      trainer.train(batches, plan);
    }
    return digest(file, model);
  }

  private static String digest(Path file, TrainableModel<?> model)
      throws IOException, NoSuchAlgorithmException {
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    sha.update(Files.readAllBytes(file));
    for (Parameter parameter : model.parameters()) {
      double[] values = parameter.value().data();
      ByteBuffer bytes = ByteBuffer.allocate(8 * values.length);
      bytes.asDoubleBuffer().put(values);
      sha.update(bytes);
    }
    return HexFormat.of().formatHex(sha.digest());
  }
}
