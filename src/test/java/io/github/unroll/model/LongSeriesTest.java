package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.FreshJvm;
import io.github.unroll.cell.CellKind;
import io.github.unroll.data.PairBatch;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.data.Sequences;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A model answers a long series in little memory, with the bits of one forward over all of it. */
class LongSeriesTest {

  private static final int N = 4;
  private static final int T = 700; // of 4 sequences, 6 pieces, the last one shorter
  private static final int[] LENGTHS = {700, 128, 129, 1}; // ends at, just past, before a piece's

  private final RandomState random = new RandomState(5);

  private SequenceDescription configuration(CellKind cell, Readout readout) {
    return SequenceDescription.regressor(Input.features(2), 5, 2)
        .withCell(cell)
        .withReadout(readout)
        .withLayers(2)
        .withDropout(0.5); // which must not act
  }

  private Tensor3 paddedWithNaN() {
    Tensor3 xs = random.randn(N, T, 2);
    for (int i = 0; i < N; i++) {
      Arrays.fill(xs.data(), (i * T + LENGTHS[i]) * 2, (i + 1) * T * 2, Double.NaN);
    }
    return xs;
  }

  private static Map<String, Matrix> values(SequenceRegressor model) {
    return model.parameters().stream().collect(Collectors.toMap(p -> p.name(), p -> p.value()));
  }

  @ParameterizedTest
  @CsvSource({
    "RNN, LAST", "RNN, MEAN", "RNN, EVERY",
    "LSTM, LAST", "LSTM, MEAN", "LSTM, EVERY",
    "GRU, LAST", "GRU, MEAN", "GRU, EVERY"
  })
  void pieces_should_have_the_bits_of_the_whole(CellKind cell, Readout readout) {
    SequenceDescription c = configuration(cell, readout);
    SequenceRegressor model = new SequenceRegressor(c, random);
    Padded.shake(model.parameters(), random);
    SequenceWeights weights = SequenceWeights.given("SequenceRegressor", c, values(model));
    SequenceNetwork whole = new SequenceNetwork(c, weights, new RandomState(0));
    whole.setTraining(false);
    Tensor3 xs = paddedWithNaN();
    assertThat(model.predict(xs, LENGTHS)).isEqualTo(forward(whole, Sequences.of(xs, LENGTHS)));
    Tensor3 full = random.randn(N, T, 2);
    assertThat(model.predict(full)).isEqualTo(forward(whole, Sequences.of(full)));
  }

  private static Tensor3 forward(SequenceNetwork network, Sequences inputs) {
    network.reserve(inputs);
    network.recurrent().resetState();
    return network.forward(inputs);
  }

  /** Sequences that end in different pieces go on each from its own end. */
  @ParameterizedTest
  @MethodSource("io.github.unroll.cell.CellKind#all")
  void a_forecast_should_be_that_of_each_sequence_alone(CellKind cell) {
    SequenceRegressor model = new SequenceRegressor(configuration(cell, Readout.EVERY), random);
    Padded.shake(model.parameters(), random);
    Tensor3 xs = paddedWithNaN();
    Tensor3 together = model.forecast(xs, LENGTHS, 3);
    for (int i = 0; i < N; i++) {
      double[] known = Arrays.copyOfRange(xs.data(), i * T * 2, (i * T + LENGTHS[i]) * 2);
      Tensor3 alone = model.forecast(Tensor3.of(1, LENGTHS[i], 2, known), 3);
      assertThat(alone.data())
          .as("sequence " + i)
          .containsExactly(Arrays.copyOfRange(together.data(), i * 6, (i + 1) * 6));
    }
  }

  /** Beside inputs and answers, fewer bytes than one double a step. */
  @ParameterizedTest
  @EnumSource(Readout.class)
  void a_prediction_should_take_no_more_for_a_longer_series(Readout readout) throws Exception {
    String said =
        FreshJvm.run(
            PredictionBytes.class,
            List.of("-Dunroll.kernel=plain", "-Dunroll.threads=1", "-Xmx64m"),
            readout);
    long[] bytes = Arrays.stream(said.split(" ")).mapToLong(Long::parseLong).toArray();
    int answers = readout.answers(PredictionBytes.MORE_STEPS);
    long returned = 8L * answers * PredictionBytes.CLASSES;
    assertThat(bytes).hasSize(3);
    for (long of : bytes) {
      assertThat(of).isLessThan(2 * returned + 8L * PredictionBytes.MORE_STEPS);
    }
  }

  /** Before its outputs, which would be gigabytes; nor is a state carried on. */
  @Test
  void training_should_refuse_gates_beyond_an_int() {
    String told = ": gates (1x1048577x2048) would be 2147485696 elements";
    SequenceDescription c = SequenceDescription.regressor(Input.features(1), 512, 1);
    Tensor3 xs = new Tensor3(1, 1_048_577, 1);
    Tensor3 ts = new Tensor3(1, 1, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new SequenceRegressor(c, random).forward(new SequenceTargets(xs, null, ts)))
        .withMessageStartingWith("Recurrent of LstmCell" + told);
    RnnLanguageModel language =
        new RnnLanguageModel(
            SequenceDescription.languageModel(1, 1, 512).withCell(CellKind.LSTM).withLayers(2),
            random);
    int[][] ids = new int[1][1_048_577];
    assertThatIllegalArgumentException()
        .isThrownBy(() -> language.forward(ids, ids))
        .withMessageStartingWith("Recurrent of LstmCell" + told);
    assertThat(language.rnn().keptState()).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Seq2Seq(new Seq2SeqDescription(1, 1, 512), random)
                    .forward(new PairBatch(ids, new int[1][2])))
        .withMessageStartingWith("Recurrent of LstmCell" + told);
  }

  @Test
  void a_language_model_should_refuse_scores_beyond_an_int_each_time_it_is_asked() {
    RnnLanguageModel model = new RnnLanguageModel(70_000, 1, 1, random);
    int[][] ids = new int[1][40_000];
    for (int times = 0; times < 2; times++) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> model.forward(ids, ids))
          .withMessageStartingWith("Tensor3: (1x40000x70000) would be 2800000000 elements");
    }
  }

  @Test
  void an_encoder_decoder_should_refuse_scores_beyond_an_int() {
    Seq2Seq model = new Seq2Seq(new Seq2SeqDescription(70_000, 1, 1), random);
    int[][] answers = new int[1][40_001];
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.forward(new PairBatch(new int[1][1], answers)))
        .withMessageStartingWith("Tensor3: (1x40000x70000) would be 2800000000 elements");
    Seq2Seq looking = new Seq2Seq(new Seq2SeqDescription(2, 1, 1).withAttention(), random);
    int[][] questions = new int[1][1 << 16];
    int[][] many = new int[1][(1 << 15) + 1];
    assertThatIllegalArgumentException()
        .isThrownBy(() -> looking.forward(new PairBatch(questions, many)))
        .withMessageStartingWith("TimeAttention: weights (1x32768x65536) would be 2147483648");
  }

  @Test
  void answers_beyond_an_int_should_be_refused_before_anything_is_read() {
    SequenceDescription c =
        SequenceDescription.regressor(Input.features(1), 1, 1 << 12).withReadout(Readout.EVERY);
    Tensor3 xs = new Tensor3(1, 1 << 19, 1);
    String told = "Tensor3: (1x524288x4096) would be 2147483648 elements";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SequenceRegressor(c, random).predict(xs))
        .withMessageStartingWith(told);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new SequenceClassifier(c.withOutput(new Output.Classes(1 << 12)), random)
                    .predict(xs))
        .withMessageStartingWith(told);
  }
}
