package io.github.unroll.io.checkpoint;

import io.github.unroll.cell.CellKind;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Plateau;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.train.Schedule;
import io.github.unroll.train.Trainer;
import io.github.unroll.train.TrainingPlan;
import io.github.unroll.train.Validation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.IntStream;

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
    BpttBatches batches = new BpttBatches(new RandomState(2).randint(0, V, 1601), 4, 8);
    Adam adam = new Adam(0.02);
    Schedule schedule = new Schedule.OnPlateau(new Plateau(1.5));
    RnnLanguageModel model;
    if (Files.exists(file)) {
      TrainingCheckpoint saved = TrainingCheckpoint.load(file);
      model = saved.model();
      saved.restore(adam);
      saved.restore(schedule);
      trainer(file, model, saved.vocabulary(), adam, schedule, saved.random())
          .resume(batches, plan(model, schedule), saved.progress());
    } else {
      RandomState random = new RandomState(1);
      SequenceDescription configuration =
          SequenceDescription.languageModel(V, 16, 16)
              .withCell(CellKind.LSTM)
              .withLayers(2)
              .withDropout(0.3)
              .withTiedWeights();
      model = new RnnLanguageModel(configuration, random);
      Vocabulary words = Vocabulary.of(IntStream.range(0, V).mapToObj(Integer::toString).toList());
      trainer(file, model, words, adam, schedule, random).train(batches, plan(model, schedule));
    }
    System.out.println("SHA-256 " + digest(file, model));
  }

  private static Trainer<BpttBatches.Batch> trainer(
      Path file,
      RnnLanguageModel model,
      Vocabulary words,
      Adam adam,
      Schedule schedule,
      RandomState random) {
    return new Trainer<>(
        model,
        adam,
        GradientClipping.byGlobalNorm(0.5),
        new CheckpointListener(file, 1, new RunningTraining(model, words, adam, schedule, random)));
  }

  private static TrainingPlan plan(RnnLanguageModel model, Schedule schedule) {
    int[] heldOut = new RandomState(3).randint(0, V, 200);
    return TrainingPlan.of(EPOCHS)
        .with(schedule)
        .with(Validation.by(() -> model.perplexity(heldOut)).keepingBest());
  }

  private static String digest(Path file, RnnLanguageModel model)
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
