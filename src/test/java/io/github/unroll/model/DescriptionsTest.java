package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.InitialBias;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.layer.Merge;
import io.github.unroll.model.Seq2SeqDescription.DecoderStart;
import io.github.unroll.model.Seq2SeqDescription.Form;
import io.github.unroll.model.Seq2SeqDescription.InputOrder;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DescriptionsTest {

  /** No setting is the default. */
  private static final SequenceDescription SEQUENCE =
      new SequenceDescription(
          Input.words(7, 3),
          CellKind.GRU,
          3,
          2,
          Optional.of(Merge.ADD),
          0.25,
          InitialBias.forgetOne(),
          Readout.MEAN,
          new Output.Values(4));

  private static final Seq2SeqDescription PAIRS =
      new Seq2SeqDescription(
          7,
          3,
          5,
          CellKind.GRU,
          2,
          0.25,
          InitialBias.forgetOne(),
          Form.PEEKY,
          InputOrder.REVERSED,
          DecoderStart.OUTPUT);

  @Test
  void each_setting_should_change_alone() throws ReflectiveOperationException {
    assertChanged(SEQUENCE, SEQUENCE.withCell(CellKind.LSTM), "cell", CellKind.LSTM);
    assertChanged(SEQUENCE, SEQUENCE.withLayers(3), "layers", 3);
    assertChanged(
        SEQUENCE,
        SEQUENCE.inBothDirections(Merge.MULTIPLY),
        "bothDirections",
        Optional.of(Merge.MULTIPLY));
    assertChanged(SEQUENCE, SEQUENCE.withDropout(0.5), "dropout", 0.5);
    InitialBias chrono = InitialBias.chrono(9);
    assertChanged(SEQUENCE, SEQUENCE.withInitialBias(chrono), "initialBias", chrono);
    assertChanged(SEQUENCE, SEQUENCE.withReadout(Readout.LAST), "readout", Readout.LAST);
    Output classes = new Output.Classes(2);
    assertChanged(SEQUENCE, SEQUENCE.withOutput(classes), "output", classes);
    SequenceDescription language =
        SequenceDescription.languageModel(7, 3, 3).withCell(CellKind.LSTM).withDropout(0.5);
    assertChanged(language, language.withTiedWeights(), "output", new Output.NextWord(true));

    assertChanged(PAIRS, PAIRS.withCell(CellKind.LSTM), "cell", CellKind.LSTM);
    assertChanged(PAIRS, PAIRS.withLayers(3), "layers", 3);
    assertChanged(PAIRS, PAIRS.withDropout(0.5), "dropout", 0.5);
    assertChanged(PAIRS, PAIRS.withInitialBias(chrono), "initialBias", chrono);
    assertChanged(PAIRS, PAIRS.withForm(Form.PLAIN), "form", Form.PLAIN);
    assertChanged(PAIRS, PAIRS.withAttention(), "form", Form.ATTENTION);
    assertThat(PAIRS.withForm(Form.PLAIN).withPeeking()).isEqualTo(PAIRS);
    assertChanged(
        PAIRS, PAIRS.withInputOrder(InputOrder.AS_GIVEN), "inputOrder", InputOrder.AS_GIVEN);
    assertChanged(PAIRS, PAIRS.withStart(DecoderStart.STATE), "start", DecoderStart.STATE);
  }

  private static void assertChanged(Record before, Record after, String setting, Object value)
      throws ReflectiveOperationException {
    List<String> changed = new ArrayList<>();
    for (RecordComponent component : before.getClass().getRecordComponents()) {
      Object was = component.getAccessor().invoke(before);
      if (!was.equals(component.getAccessor().invoke(after))) {
        changed.add(component.getName());
        assertThat(component.getAccessor().invoke(after)).isEqualTo(value);
      }
    }
    assertThat(changed).containsExactly(setting);
  }

  @Test
  void a_table_should_count_what_the_model_has() {
    for (CellKind cell : CellKind.all()) {
      SequenceDescription d =
          SEQUENCE.withInitialBias(InitialBias.zero()).withCell(cell).withLayers(3);
      SequenceRegressor model = new SequenceRegressor(d, new RandomState(1));
      assertThat(d.toString()).endsWith(" " + count(model));
      for (Form form : Form.values()) {
        Seq2SeqDescription pairs =
            PAIRS.withInitialBias(InitialBias.zero()).withCell(cell).withForm(form);
        assertThat(pairs.toString()).endsWith(" " + count(new Seq2Seq(pairs, new RandomState(1))));
      }
    }
  }

  private static String count(TrainableModel<?> model) {
    long sum = model.parameters().stream().mapToLong(p -> p.value().data().length).sum();
    return String.format(Locale.ROOT, "%,d", sum);
  }

  @Test
  void a_table_should_be_that_of_its_settings() {
    assertThat(SEQUENCE)
        .hasToString(
            String.join(
                "\n",
                "                                                             parameters",
                "7 words, as vectors of 3                            (N,T,3)          21",
                "dropout 0.25",
                "GRU, both directions, added, initial bias forget 1  (N,T,3)         126",
                "dropout 0.25",
                "GRU, both directions, added, initial bias forget 1  (N,T,3)         126",
                "mean of all states                                  (N,1,3)",
                "dropout 0.25",
                "4 values                                            (N,1,4)          16",
                "together                                                            289"));
  }

  /** Printing must not need the memory of the model. */
  @Test
  void a_large_description_should_be_printed_too() {
    SequenceDescription large = SequenceDescription.classifier(Input.features(6), 50_000, 4);
    assertThat(large.toString()).contains("10,001,400,000").endsWith("10,001,600,004");
    assertThat(new Seq2SeqDescription(2_000_000, 2_000, 1_000).toString()).contains("together");
  }

  @Test
  void a_kind_of_ones_own_should_be_counted_as_it_is() {
    CellKind narrow = // numbers of small cells say nothing of it, and it has none of odd sizes
        new CellKind(
            "narrow",
            (d, h, w) -> {
              if (h % 2 != 0) {
                throw new IllegalArgumentException("an even size, please");
              }
              int width = Math.min(h / 2, 3);
              return new RnnCell(
                  w.weight("wx", d, width), w.weight("wh", width, width), w.bias("b", width));
            });
    assertThat(CellCount.outputs(narrow, 3, 8)).isEqualTo(3);
    assertThat(CellCount.parameters(narrow, 3, 8)).isEqualTo(3 * 3 + 3 * 3 + 3);
    SequenceDescription d = SequenceDescription.classifier(Input.features(3), 8, 2);
    assertThat(d.withCell(narrow).toString()).endsWith(" " + (21 + 3 * 2 + 2));
  }

  @Test
  void should_refuse_what_cannot_be() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Input.features(0))
        .withMessage("Input: features must be at least 1, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SEQUENCE.withInitialBias(InitialBias.forgetOne()).withCell(CellKind.RNN))
        .withMessage(
            "SequenceDescription: a cell of kind RNN has no gates for the initial bias \"forget"
                + " 1\"; take one that has, as LSTM, GRU, GRU-RESET-AFTER, PEEPHOLE-LSTM, or"
                + " InitialBias.zero()");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> InitialBias.chrono(2))
        .withMessage("InitialBias: longestLag must be above 2 steps, not 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SEQUENCE.withTiedWeights())
        .withMessageContaining("only a model of the next word can be tied");
    assertThatNullPointerException()
        .isThrownBy(() -> SEQUENCE.inBothDirections(null))
        .withMessage("merge");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SequenceClassifier(SEQUENCE, new RandomState(1)))
        .withMessage(
            "SequenceClassifier: the description answers 4 values, and this model answers classes");
  }

  @Test
  void gates_should_begin_with_the_biases_of_the_description() {
    SequenceDescription lstm =
        SequenceDescription.classifier(Input.features(2), 3, 2)
            .withLayers(2)
            .inBothDirections(Merge.ADD)
            .withInitialBias(InitialBias.forgetOne());
    assertForgetOne(new SequenceClassifier(lstm, new RandomState(1)).parameters(), 4);
    Seq2SeqDescription pairs =
        new Seq2SeqDescription(5, 2, 3).withLayers(2).withInitialBias(InitialBias.forgetOne());
    assertForgetOne(new Seq2Seq(pairs, new RandomState(1)).parameters(), 4);
  }

  /** Of so many LSTMs of 3 units: columns f, g, i, o. */
  private static void assertForgetOne(List<Parameter> parameters, int cells) {
    List<Parameter> biases =
        parameters.stream().filter(p -> p.name().endsWith(".b") && p.value().cols() == 12).toList();
    assertThat(biases).hasSize(cells);
    for (Parameter b : biases) {
      assertThat(b.value().data()).containsExactly(1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
  }

  @Test
  void chrono_gates_should_begin_with_lags_and_their_negatives() {
    SequenceDescription d =
        SequenceDescription.classifier(Input.features(2), 3, 2)
            .withInitialBias(InitialBias.chrono(9));
    double[] b = new SequenceClassifier(d, new RandomState(1)).parameters().get(2).value().data();
    for (int j = 0; j < 3; j++) {
      assertThat(b[j]).isBetween(0.0, Math.log(8));
      assertThat(b[6 + j]).isEqualTo(-b[j]);
      assertThat(b[3 + j]).isZero();
      assertThat(b[9 + j]).isZero();
    }
  }

  @Test
  void a_kind_should_begin_a_row_with_what_it_asks_for() {
    CellKind gain =
        new CellKind(
            "gain",
            (d, h, w) ->
                new RnnCell(w.weight("wx", d, h), w.weight("wh", h, h), w.bias("b", h, 0.5)));
    SequenceDescription d = SequenceDescription.classifier(Input.features(2), 3, 2).withCell(gain);
    assertThat(new SequenceClassifier(d, new RandomState(1)).parameters().get(2).value().data())
        .containsExactly(0.5, 0.5, 0.5);
  }

  @Test
  void each_size_of_an_encoder_and_decoder_should_be_checked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Seq2SeqDescription(0, 1, 1))
        .withMessageContaining("vocabularySize");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Seq2SeqDescription(1, 0, 1))
        .withMessageContaining("embeddingSize");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Seq2SeqDescription(1, 1, 0))
        .withMessageContaining("hiddenSize");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PAIRS.withLayers(0))
        .withMessageContaining("layers");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PAIRS.withDropout(1))
        .withMessage("Seq2SeqDescription: dropout must be in [0, 1), not 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequenceDescription.regressor(Input.features(1), 1, 0))
        .withMessage("Output: values must be at least 1, not 0");
    assertThat(List.of(Input.features(1), Input.features(2), new Output.Values(1)))
        .extracting(Object::toString)
        .containsExactly("1 feature", "2 features", "1 value");
    assertThat(
            List.of(new Output.Classes(1), new Output.NextWord(false), new Output.NextWord(true)))
        .extracting(Object::toString)
        .containsExactly("1 class", "the next word", "the next word, by the word vectors");
  }
}
