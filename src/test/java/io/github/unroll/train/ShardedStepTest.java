package io.github.unroll.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.CellKind;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.data.PairBatch;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.data.Sequences;
import io.github.unroll.layer.State;
import io.github.unroll.model.Input;
import io.github.unroll.model.Readout;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.Seq2Seq;
import io.github.unroll.model.Seq2SeqDescription;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.FlatParameters;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Shards summed in their order: the loss of the whole batch, and the bits of one machine. */
class ShardedStepTest {

  private static final int SHARDS = 8;
  private static final int STEPS = 5;
  private static final int WORDS = 23;

  /**
   * Something to train.
   *
   * @param <B> a batch
   * @param name of the case
   * @param model makes the model at its beginning, with a source of masks
   * @param batch the batch of a step and shard
   */
  private record Work<B>(
      String name,
      Function<RandomState, TrainableModel<B>> model,
      BiFunction<Integer, Integer, B> batch) {

    @Override
    public String toString() {
      return name;
    }
  }

  // ---- what is trained ----

  /** The numbers of all parameters from one seed, so that every worker's model begins alike. */
  private static <B> TrainableModel<B> begun(TrainableModel<B> model) {
    RandomState random = new RandomState(99);
    for (Parameter parameter : model.parameters()) {
      Arrays.setAll(parameter.value().data(), i -> 0.3 * random.randn());
    }
    return model;
  }

  private static Work<LabelledSequences> classifier(double dropout, double... weights) {
    SequenceDescription description =
        SequenceDescription.tagger(Input.features(3), 6, 4)
            .withCell(CellKind.LSTM)
            .withLayers(2)
            .withDropout(dropout);
    return new Work<>(
        weights.length == 0 ? "classifier" : "classifier with weights of classes",
        masks -> {
          SequenceClassifier model = new SequenceClassifier(description, masks);
          model.setClassWeights(weights);
          return begun(model);
        },
        (step, shard) -> {
          RandomState random = random(step, shard);
          int n = 1 + shard % 3;
          int[][] labels = new int[n][];
          int[] lengths = random.randint(1, 6, n);
          Arrays.setAll(labels, i -> random.randint(-1, 4, 5));
          labels[0][0] = 2;
          return new LabelledSequences(features(random, n, 5, 3), lengths, labels);
        });
  }

  private static Work<SequenceTargets> regressor(double dropout) {
    return regressor(dropout, SequenceDescription.regressor(Input.features(2), 5, 2));
  }

  private static Work<SequenceTargets> regressor(double dropout, SequenceDescription answers) {
    SequenceDescription description =
        answers.withCell(CellKind.GRU).withReadout(Readout.MEAN).withDropout(dropout);
    return new Work<>(
        answers.output().toString(),
        masks -> begun(new SequenceRegressor(description, masks)),
        (step, shard) -> {
          RandomState random = random(step, shard);
          int n = 1 + shard % 4;
          Tensor3 targets = features(random, n, 1, 2);
          targets.set(0, 0, shard % 2, Double.NaN);
          return new SequenceTargets(features(random, n, 6, 2), null, targets);
        });
  }

  private static Work<BpttBatches.Batch> languageModel(double dropout) {
    SequenceDescription description =
        SequenceDescription.languageModel(WORDS, 6, 7)
            .withCell(CellKind.LSTM)
            .withLayers(2)
            .withDropout(dropout);
    return new Work<>(
        "language model",
        masks -> begun(new RnnLanguageModel(description, masks)),
        (step, shard) -> {
          RandomState random = random(step, shard);
          int[][] xs = new int[2][];
          int[][] ts = new int[2][];
          Arrays.setAll(
              xs, i -> random.randint(0, WORDS / 2, 4)); // half of the rows stay untouched
          Arrays.setAll(ts, i -> random.randint(0, WORDS, 4));
          ts[0][3] = shard % 2 == 0 ? -1 : ts[0][3];
          return new BpttBatches.Batch(xs, ts);
        });
  }

  private static Work<PairBatch> seq2seq(double dropout) {
    Seq2SeqDescription description =
        new Seq2SeqDescription(WORDS, 4, 5).withAttention().withDropout(dropout);
    return new Work<>(
        "seq2seq",
        masks -> begun(new Seq2Seq(description, masks)),
        (step, shard) -> {
          RandomState random = random(step, shard);
          int[][] xs = new int[2][];
          int[][] ts = new int[2][];
          Arrays.setAll(xs, i -> random.randint(0, WORDS, 4));
          Arrays.setAll(ts, i -> random.randint(0, WORDS, 3));
          ts[1][2] = shard % 2 == 0 ? -1 : ts[1][2];
          return new PairBatch(xs, ts);
        });
  }

  private static RandomState random(int step, int shard) {
    return new RandomState(1000 * step + shard);
  }

  private static Tensor3 features(RandomState random, int n, int steps, int size) {
    Tensor3 xs = new Tensor3(n, steps, size);
    Arrays.setAll(xs.data(), i -> random.randn());
    return xs;
  }

  static Stream<Work<?>> works() {
    return Stream.of(classifier(0.3), regressor(0.3), languageModel(0.3), seq2seq(0.3));
  }

  // ---- any number of workers ----

  @ParameterizedTest
  @MethodSource("works")
  void any_number_of_workers_should_give_the_bits_of_one(Work<?> work) throws Exception {
    String one = trained(work, 1, 7);
    assertThat(trained(work, 2, 7)).isEqualTo(one);
    assertThat(trained(work, 4, 7)).isEqualTo(one);
    assertThat(trained(work, SHARDS, 7)).isEqualTo(one);
    assertThat(trained(work, 2, 8)).as("other masks").isNotEqualTo(one);
  }

  /** Trains with so many workers, each with a model and a thread of its own; gives a digest. */
  private static <B> String trained(Work<B> work, int workers, long seed) throws Exception {
    RandomState leadersMasks = new RandomState(0);
    ShardedStep<B> leader = new ShardedStep<>(work.model.apply(leadersMasks), leadersMasks, seed);
    List<ShardedStep<B>> steps = new ArrayList<>();
    for (int w = 0; w < workers; w++) {
      RandomState masks = new RandomState(40 + w);
      steps.add(new ShardedStep<>(work.model.apply(masks), masks, seed));
    }
    Optimizer adam = new Adam(0.02);
    GradientClipping clipping = GradientClipping.byGlobalNorm(0.5);
    Map<Integer, byte[]> states = new HashMap<>();
    ExecutorService threads = Executors.newFixedThreadPool(workers);
    try {
      for (int step = 0; step < STEPS; step++) {
        double[] values = leader.parameters().values();
        List<Callable<List<byte[]>>> calls = new ArrayList<>();
        for (int w = 0; w < workers; w++) {
          List<Integer> shards = shardsOf((w + step) % workers, workers); // they change places
          calls.add(worker(work, steps.get(w), values, step, shards, states));
        }
        List<GradientShard> arrived = new ArrayList<>();
        for (Future<List<byte[]>> sent : threads.invokeAll(calls)) {
          for (byte[] bytes : sent.get()) {
            arrived.add(received(bytes));
          }
        }
        Collections.shuffle(arrived, new Random(step + 31L * workers));
        arrived.forEach(shard -> states.put(shard.shard(), shard.state()));
        double norm = leader.update(GradientShard.sum(arrived), clipping, adam);
        assertThat(norm).isPositive();
      }
    } finally {
      threads.shutdown();
    }
    return digest(leader.parameters().values());
  }

  private static List<Integer> shardsOf(int worker, int workers) {
    return IntStream.range(0, SHARDS).filter(shard -> shard % workers == worker).boxed().toList();
  }

  private static <B> Callable<List<byte[]>> worker(
      Work<B> work,
      ShardedStep<B> own,
      double[] values,
      int step,
      List<Integer> shards,
      Map<Integer, byte[]> states) {
    Map<Integer, byte[]> before = Map.copyOf(states);
    return () -> {
      own.parameters().setValues(values);
      List<byte[]> sent = new ArrayList<>();
      for (int shard : shards) {
        byte[] kept = before.getOrDefault(shard, new byte[0]);
        State state = kept.length == 0 ? null : State.ofBytes(kept);
        sent.add(sent(own.gradients(work.batch.apply(step, shard), step, shard, state)));
      }
      return sent;
    };
  }

  private static byte[] sent(GradientShard shard) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(shard);
    }
    return bytes.toByteArray();
  }

  private static GradientShard received(byte[] bytes) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (GradientShard) in.readObject();
    }
  }

  private static String digest(double... values) throws NoSuchAlgorithmException {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length);
    bytes.asDoubleBuffer().put(values);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
  }

  @Test
  void the_state_of_a_text_should_go_with_its_shard() {
    Work<BpttBatches.Batch> work = languageModel(0);
    RandomState masks = new RandomState(0);
    ShardedStep<BpttBatches.Batch> step = new ShardedStep<>(work.model.apply(masks), masks, 1);
    TrainableModel<BpttBatches.Batch> alone = work.model.apply(new RandomState(0));
    State state = null;
    for (int t = 0; t < 3; t++) {
      GradientShard shard = step.gradients(work.batch.apply(t, 0), t, 0, state);
      assertThat(shard.loss()).isEqualTo(alone.forward(work.batch.apply(t, 0)));
      state = State.ofBytes(shard.state());
      step.gradients(work.batch.apply(t, 1), t, 1); // another text between
    }
    GradientShard again = step.gradients(work.batch.apply(0, 0), 0, 0);
    alone.resetState();
    assertThat(again.loss()).isEqualTo(alone.forward(work.batch.apply(0, 0)));
  }

  // ---- the loss of the whole batch ----

  static Stream<Work<LabelledSequences>> classifiers() {
    return Stream.of(classifier(0), classifier(0, 0.5, 2, 0, 3.25));
  }

  @ParameterizedTest
  @MethodSource("classifiers")
  void the_sum_should_be_the_loss_and_gradients_of_all_sequences_of_a_classifier(
      Work<LabelledSequences> work) {
    Tensor3 xs = new Tensor3(rows(work, b -> b.inputs().batch()), 5, 3);
    int[] lengths = new int[xs.batch()];
    int[][] labels = new int[xs.batch()][];
    int row = 0;
    for (int shard = 0; shard < SHARDS; shard++) {
      LabelledSequences part = work.batch.apply(0, shard);
      for (int i = 0; i < part.inputs().batch(); i++, row++) {
        copy(part.xs(), i, xs, row);
        lengths[row] = part.lengths()[i];
        labels[row] = part.labels()[i];
      }
    }
    assertSameAsWhole(work, new LabelledSequences(xs, lengths, labels));
  }

  static Stream<Work<SequenceTargets>> regressors() {
    return Stream.of(
        regressor(0),
        regressor(
            0, SequenceDescription.quantileRegressor(Input.features(2), 5, 2, 0.05, 0.5, 0.95)));
  }

  @ParameterizedTest
  @MethodSource("regressors")
  void the_sum_should_be_the_loss_and_gradients_of_all_sequences_of_a_regressor(
      Work<SequenceTargets> work) {
    Tensor3 xs = new Tensor3(rows(work, b -> b.inputs().batch()), 6, 2);
    Tensor3 targets = new Tensor3(xs.batch(), 1, 2);
    int row = 0;
    for (int shard = 0; shard < SHARDS; shard++) {
      SequenceTargets part = work.batch.apply(0, shard);
      for (int i = 0; i < part.inputs().batch(); i++, row++) {
        copy(part.xs(), i, xs, row);
        copy(part.targets(), i, targets, row);
      }
    }
    assertSameAsWhole(work, new SequenceTargets(Sequences.of(xs), targets));
  }

  @Test
  void the_sum_should_be_the_loss_and_gradients_of_all_texts_of_a_language_model() {
    Work<BpttBatches.Batch> work = languageModel(0);
    int[][] xs = new int[2 * SHARDS][];
    int[][] ts = new int[2 * SHARDS][];
    for (int i = 0; i < xs.length; i++) {
      xs[i] = work.batch.apply(0, i / 2).xs()[i % 2];
      ts[i] = work.batch.apply(0, i / 2).ts()[i % 2];
    }
    assertSameAsWhole(work, new BpttBatches.Batch(xs, ts));
  }

  @Test
  void the_sum_should_be_the_loss_and_gradients_of_all_pairs_of_a_seq2seq() {
    Work<PairBatch> work = seq2seq(0);
    int[][] xs = new int[2 * SHARDS][];
    int[][] ts = new int[2 * SHARDS][];
    for (int i = 0; i < xs.length; i++) {
      xs[i] = work.batch.apply(0, i / 2).xs()[i % 2];
      ts[i] = work.batch.apply(0, i / 2).ts()[i % 2];
    }
    assertSameAsWhole(work, new PairBatch(xs, ts));
  }

  private static <B> int rows(Work<B> work, Function<B, Integer> rows) {
    return IntStream.range(0, SHARDS).map(s -> rows.apply(work.batch.apply(0, s))).sum();
  }

  private static void copy(Tensor3 from, int row, Tensor3 to, int toRow) {
    int size = from.steps() * from.features();
    System.arraycopy(from.data(), row * size, to.data(), toRow * size, size);
  }

  private static <B> void assertSameAsWhole(Work<B> work, B whole) {
    RandomState masks = new RandomState(0);
    ShardedStep<B> steps = new ShardedStep<>(work.model.apply(masks), masks, 1);
    List<GradientShard> shards = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      shards.add(steps.gradients(work.batch.apply(0, shard), 0, shard));
    }
    assertThat(shards.stream().map(GradientShard::weight).distinct()).hasSizeGreaterThan(1);
    GradientShard sum = GradientShard.sum(shards);
    TrainableModel<B> model = work.model.apply(new RandomState(0));
    assertThat(sum.loss()).isCloseTo(model.forward(whole), within(1e-14));
    assertThat(sum.weight()).isEqualTo(model.lossWeight());
    model.backward();
    double[] gradients = new FlatParameters(model.parameters()).gradients();
    assertThat(sum.gradients()).hasSameSizeAs(gradients);
    double greatest = 0;
    for (int i = 0; i < gradients.length; i++) {
      assertThat(sum.gradients()[i]).isCloseTo(gradients[i], within(1e-15));
      greatest = Math.max(greatest, Math.abs(gradients[i]));
    }
    assertThat(greatest).isGreaterThan(1e-3);
  }

  @Test
  void one_shard_should_give_the_bits_of_the_trainer() throws NoSuchAlgorithmException {
    Work<BpttBatches.Batch> work = languageModel(0);
    TrainableModel<BpttBatches.Batch> alone = work.model.apply(new RandomState(0));
    Adam adam = new Adam(0.02);
    RandomState masks = new RandomState(0);
    ShardedStep<BpttBatches.Batch> steps = new ShardedStep<>(work.model.apply(masks), masks, 1);
    GradientClipping clipping = GradientClipping.byGlobalNorm(0.5);
    State state = null;
    for (int t = 0; t < STEPS; t++) {
      GradientShard shard = steps.gradients(work.batch.apply(t, 0), t, 0, state);
      state = State.ofBytes(shard.state());
      steps.update(GradientShard.sum(List.of(shard)), clipping, adam);
    }
    Trainer<BpttBatches.Batch> trainer = new Trainer<>(alone, new Adam(0.02), clipping);
    trainer.train(
        new io.github.unroll.data.Batches<>() {
          @Override
          public int iterations() {
            return STEPS;
          }

          @Override
          public BpttBatches.Batch read(int iteration) {
            return work.batch.apply(iteration, 0);
          }
        },
        1);
    assertThat(digest(steps.parameters().values()))
        .isEqualTo(digest(new FlatParameters(alone.parameters()).values()));
  }

  @Test
  void a_model_of_ones_own_should_count_all_shards_alike_unless_it_says_otherwise() {
    TrainableModel<Double> square = new Square();
    ShardedStep<Double> steps = new ShardedStep<>(square, new RandomState(0), 1);
    GradientShard sum =
        GradientShard.sum(List.of(steps.gradients(4.0, 0, 1), steps.gradients(1.0, 0, 0)));
    assertThat(sum.loss()).isEqualTo((square(3 - 1) + square(3 - 4)) / 2);
    assertThat(sum.gradients()).containsExactly((2 * (3 - 1) + 2 * (3 - 4)) / 2.0);
    assertThat(sum.weight()).isEqualTo(2);
    assertThat(sum).hasToString("GradientShard(step 0, all shards, loss 2.5, weight 2.0)");
  }

  private static double square(double x) {
    return x * x;
  }

  /** (w − t)², with w = 3 to begin with. */
  private static final class Square implements TrainableModel<Double> {

    private final Parameter w = new Parameter("w", Matrix.of(1, 1, 3));
    private double error;

    @Override
    public double forward(Double target) {
      error = w.value().get(0, 0) - target;
      return square(error);
    }

    @Override
    public void backward() {
      w.grad().add(0, 0, 2 * error);
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(w);
    }
  }

  // ---- what is refused ----

  private static GradientShard shard(long step, int shard, long parameters, double... gradients) {
    return new GradientShard(step, shard, parameters, 1, 1, gradients, new byte[0]);
  }

  @Test
  void a_sum_should_refuse_what_is_not_every_shard_of_one_step() {
    assertRefused("no shards");
    assertRefused("there is shard 1 where shard 0 should be", shard(0, 1, 5, 1));
    assertRefused("there is shard 0 where shard 1 should be", shard(0, 0, 5, 1), shard(0, 0, 5, 1));
    assertRefused("there is shard 2 where shard 1 should be", shard(0, 2, 5, 1), shard(0, 0, 5, 1));
    assertRefused("there is a sum where shard 0", shard(0, GradientShard.ALL, 5, 1));
    assertRefused(
        "shard 1 is of step 2 and parameters 0000000000000005, shard 0 of step 1 and",
        shard(2, 1, 5, 1),
        shard(1, 0, 5, 1));
    assertRefused(
        "give all workers the same parameters before each step",
        shard(1, 1, 6, 1),
        shard(1, 0, 5, 1));
    assertRefused(
        "shard 1 has 2 gradients, shard 0 has 1", shard(1, 1, 5, 1, 1), shard(1, 0, 5, 1));
  }

  private static void assertRefused(String message, GradientShard... shards) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GradientShard.sum(List.of(shards)))
        .withMessageStartingWith("GradientShard.sum: ")
        .withMessageContaining(message);
  }

  @Test
  void a_weight_should_be_positive_and_finite() {
    for (double weight : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new GradientShard(0, 3, 0, 1, weight, new double[1], new byte[0]))
          .withMessage(
              "GradientShard: the weight of shard 3 must be positive and finite, not " + weight);
    }
  }

  @Test
  void an_update_should_refuse_a_single_shard_and_gradients_of_other_parameters() {
    ShardedStep<Double> steps = new ShardedStep<>(new Square(), new RandomState(0), 1);
    GradientShard shard = steps.gradients(1.0, 4, 0);
    Adam adam = new Adam(0.1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> steps.update(shard, GradientClipping.none(), adam))
        .withMessageContaining("shard 0 alone; pass GradientShard.sum");
    GradientShard sum = GradientShard.sum(List.of(shard));
    steps.update(sum, GradientClipping.none(), adam);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> steps.update(sum, GradientClipping.none(), adam))
        .withMessageContaining("the gradients of step 4 are of parameters");
    assertThat(adam.steps()).isEqualTo(1);
  }

  @Test
  void errors_should_name_step_and_shard() {
    Work<LabelledSequences> work = classifier(0);
    RandomState masks = new RandomState(0);
    ShardedStep<LabelledSequences> steps = new ShardedStep<>(work.model.apply(masks), masks, 1);
    LabelledSequences nothing =
        new LabelledSequences(new Tensor3(1, 1, 3), null, new int[][] {{-1}});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> steps.gradients(nothing, 3, 2))
        .withMessageStartingWith("step 3, shard 2: ")
        .withMessageContaining("nothing to average");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> steps.gradients(nothing, -1, 2))
        .withMessageContaining("not step -1, shard 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> steps.gradients(nothing, 0, -2))
        .withMessageContaining("not step 0, shard -2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> steps.gradients(work.batch.apply(0, 0), 0, 0, State.of(new Matrix(1, 6))))
        .withMessageContaining("carries no state");
    LabelledSequences bad =
        new LabelledSequences(Tensor3.of(1, 1, 3, 0, Double.NaN, 0), null, new int[][] {{1}});
    assertThatExceptionOfType(TrainingDivergedException.class)
        .isThrownBy(() -> steps.gradients(bad, 3, 2))
        .withMessageStartingWith("the loss is NaN at step 3, shard 2: the input is NaN");
  }

  @Test
  void an_update_should_say_which_gradient_is_not_finite() {
    ShardedStep<Double> steps = new ShardedStep<>(new Square(), new RandomState(0), 1);
    GradientShard good = GradientShard.sum(List.of(steps.gradients(1.0, 4, 0)));
    GradientShard bad =
        new GradientShard(
            4, GradientShard.ALL, good.parameters(), 1, 1, new double[] {Double.NaN}, new byte[0]);
    Adam adam = new Adam(0.1);
    assertThatExceptionOfType(TrainingDivergedException.class)
        .isThrownBy(() -> steps.update(bad, GradientClipping.byGlobalNorm(1), adam))
        .withMessageStartingWith(
            "the norm of the gradients is NaN at step 4: the first bad gradient is w[0,0] = NaN");
    assertThat(adam.steps()).isZero();
    assertThatExceptionOfType(TrainingDivergedException.class)
        .isThrownBy(() -> steps.update(bad, parameters -> Double.NaN, adam));
  }
}
