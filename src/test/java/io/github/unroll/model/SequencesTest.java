package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.unroll.cell.CellKind;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.data.PairBatch;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.data.Sequences;
import io.github.unroll.layer.Merge;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What models make of words, of holes and of what does not fit. */
class SequencesTest {

  private static final int N = 3;
  private static final int T = 700; // some pieces of a reader

  private final RandomState random = new RandomState(17);

  private SequenceDescription words(Readout readout) {
    return SequenceDescription.classifier(Input.words(6, 3), 4, 3)
        .withCell(CellKind.GRU)
        .withReadout(readout);
  }

  private SequenceClassifier shaken(SequenceDescription d) {
    SequenceClassifier model = new SequenceClassifier(d, random);
    Padded.shake(model.parameters(), random);
    return model;
  }

  private boolean[][] holes() {
    boolean[][] counts = new boolean[N][T];
    for (int i = 0; i < N; i++) {
      for (int t = i; t < T - 100 * i; t++) {
        counts[i][t] = random.rand() < 0.7;
      }
      counts[i][300] = true;
    }
    return counts;
  }

  private int[][] ids(boolean[][] counts) {
    int[][] ids = new int[N][T];
    for (int i = 0; i < N; i++) {
      for (int t = 0; t < T; t++) {
        ids[i][t] = counts[i][t] ? random.randint(0, 6) : -1; // no word
      }
    }
    return ids;
  }

  @ParameterizedTest
  @EnumSource(Readout.class)
  void pieces_of_words_with_holes_should_have_the_bits_of_the_whole(Readout readout) {
    SequenceClassifier model = shaken(words(readout).withLayers(2));
    boolean[][] counts = holes();
    Sequences inputs = Sequences.ofWords(ids(counts)).withSteps(counts);
    SequenceNetwork whole = model.readingNetwork();
    whole.reserve(inputs);
    Tensor3 scores = whole.forward(inputs);
    scores.asRows().softmaxRows();
    Tensor3 probabilities = model.probabilities(inputs);
    for (int i = 0; i < N; i++) {
      for (int t = 0; t < scores.d1(); t++) {
        if (readout != Readout.EVERY || counts[i][t]) {
          for (int k = 0; k < 3; k++) {
            assertThat(probabilities.get(i, t, k)).isEqualTo(scores.get(i, t, k));
          }
        }
      }
    }
  }

  @Test
  void what_stands_where_no_step_counts_need_be_no_word() {
    int[][] padded = {{1, 2, -1}, {3, -7, 99}};
    int[] lengths = {2, 1};
    int[][] filled = {{1, 2, 0}, {3, 0, 0}};
    SequenceClassifier model = shaken(words(Readout.LAST).inBothDirections(Merge.ADD));
    assertThat(model.probabilities(Sequences.ofWords(padded, lengths)))
        .isEqualTo(model.probabilities(Sequences.ofWords(filled, lengths)));
    int[] classes = {0, 2};
    assertThat(
            model.forward(LabelledSequences.ofWhole(Sequences.ofWords(padded, lengths), classes)))
        .isEqualTo(
            model.forward(LabelledSequences.ofWhole(Sequences.ofWords(filled, lengths), classes)));
    model.backward();

    Seq2Seq pairs = new Seq2Seq(new Seq2SeqDescription(6, 2, 3), random);
    int[][] answers = {{0, 1}, {0, 2}};
    assertThat(pairs.forward(new PairBatch(padded, lengths, answers)))
        .isEqualTo(pairs.forward(new PairBatch(filled, lengths, answers)));
  }

  @Test
  void rows_and_ids_that_do_not_fit_should_be_refused_before_anything_is_read() {
    SequenceClassifier model = shaken(words(Readout.EVERY));
    for (int[][] ragged : List.of(new int[][] {{1, 2}, {3}}, new int[][] {{1}, {2, 3}})) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> model.predict(Sequences.ofWords(ragged)))
          .withMessage(
              "SequenceClassifier: row 1 has %d ids and row 0 has %d; fill shorter ones up and pass"
                  + " lengths",
              ragged[1].length, ragged[0].length);
    }
    int[][] unknown = new int[1][T];
    unknown[0][650] = 6;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.predict(Sequences.ofWords(unknown)))
        .withMessage("TimeEmbedding: id 6 at [0,650] is not in 0..5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.predict(random.randn(1, 2, 3)))
        .withMessage(
            "SequenceClassifier: the model reads words, not features; pass Sequences.ofWords(ids)");
    SequenceClassifier ofFeatures = shaken(SequenceDescription.classifier(Input.features(2), 3, 2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ofFeatures.predict(Sequences.ofWords(unknown)))
        .withMessage("SequenceClassifier: the model reads 2 features a step, not words");
  }

  @Test
  void a_batch_should_tell_what_counts_in_one_way() {
    Sequences both = Sequences.of(new Tensor3(1, 2, 1), new int[] {1});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> both.withSteps(new boolean[] {true, true}))
        .withMessageContaining("lengths and counts are both given");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sequences.of(null))
        .withMessageContaining("neither features nor words");
    assertThatNullPointerException()
        .isThrownBy(() -> new LabelledSequences(both, null))
        .withMessage("labels");
    assertThatNullPointerException()
        .isThrownBy(() -> new SequenceTargets(both, null))
        .withMessage("targets");
  }

  @Test
  void what_counts_may_change_after_the_forward() {
    SequenceClassifier model = shaken(words(Readout.MEAN));
    boolean[][] counts = {{true, false, true}};
    LabelledSequences batch =
        LabelledSequences.ofWhole(
            Sequences.ofWords(new int[][] {{1, 2, 3}}).withSteps(counts), new int[] {1});
    List<Matrix> expected = new ArrayList<>();
    for (int turn = 0; turn < 2; turn++) {
      model.parameters().forEach(Parameter::zeroGrad);
      counts[0][1] = false;
      model.forward(batch);
      counts[0][1] = turn == 1; // after the forward
      model.backward();
      List<Matrix> got = model.parameters().stream().map(p -> p.grad().copy()).toList();
      if (turn == 0) {
        expected.addAll(got);
      } else {
        assertThat(got).isEqualTo(expected);
      }
    }
  }

  @Test
  void a_batch_should_not_be_changed() {
    SequenceRegressor model =
        new SequenceRegressor(
            SequenceDescription.regressor(Input.features(1), 2, 1).withReadout(Readout.EVERY),
            random);
    Tensor3 targets = Tensor3.of(1, 3, 1, 1, 2, 3);
    SequenceTargets batch =
        new SequenceTargets(
            Sequences.of(random.randn(1, 3, 1)).withSteps(new boolean[] {true, false, true}),
            targets);
    model.forward(batch);
    model.backward();
    assertThat(targets).isEqualTo(Tensor3.of(1, 3, 1, 1, 2, 3));
  }

  @Test
  void what_is_not_finite_should_be_named_only_where_it_counts() {
    SequenceRegressor model =
        new SequenceRegressor(SequenceDescription.regressor(Input.features(1), 2, 1), random);
    Tensor3 xs = Tensor3.of(1, 3, 1, 1, Double.NaN, Double.NaN);
    SequenceTargets batch =
        new SequenceTargets(
            Sequences.of(xs).withSteps(new boolean[] {true, false, true}), new Tensor3(1, 1, 1));
    model.forward(batch);
    assertThat(model.notFinite(batch).orElseThrow())
        .startsWith("the input is NaN at sequence 0, step 2, feature 0");
  }

  @Test
  void a_forecast_should_begin_after_the_last_step_that_counts() {
    SequenceRegressor model =
        new SequenceRegressor(
            SequenceDescription.regressor(Input.features(1), 4, 1).withReadout(Readout.EVERY),
            random);
    Padded.shake(model.parameters(), random);
    Tensor3 xs = random.randn(1, 4, 1);
    Sequences holed = Sequences.of(xs).withSteps(new boolean[] {true, false, true, false});
    Tensor3 only = Tensor3.of(1, 2, 1, xs.get(0, 0, 0), xs.get(0, 2, 0));
    assertThat(model.forecast(holed, 3)).isEqualTo(model.forecast(only, 3));
  }

  @Test
  void sessions_of_words_should_be_stepped_together_as_alone() {
    SequenceClassifier model = shaken(words(Readout.MEAN).withLayers(2));
    SequenceSession one = model.newSession(2);
    SequenceSession two = model.newSession();
    SequenceSession all = model.newSession(3);
    for (int t = 0; t < 4; t++) {
      int[] step = random.randint(0, 6, 3);
      assertThat(SequenceSession.stepTogether(List.of(one, two), step))
          .isEqualTo(all.stepWords(step));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> two.step(7))
        .withMessageContaining("the model reads words, not features; call stepWords");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> all.stepWords(1, 2))
        .withMessageContaining("2 words for 3 sequences");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> two.stepWords(6))
        .withMessageContaining("id 6 is not in 0..5");
  }
}
