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
  void a_kind_whose_numbers_are_no_polynomial_should_be_counted_as_it_is() {
    CellKind halves =
        new CellKind(
            "halves",
            (d, h, w) ->
                new RnnCell(
                    w.weight("wx", d, (h + 1) / 2),
                    w.weight("wh", (h + 1) / 2, (h + 1) / 2),
                    w.bias("b", (h + 1) / 2)));
    assertThat(CellCount.outputs(halves, 3, 8)).isEqualTo(4);
    assertThat(CellCount.parameters(halves, 3, 8)).isEqualTo(3 * 4 + 4 * 4 + 4);
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
}
