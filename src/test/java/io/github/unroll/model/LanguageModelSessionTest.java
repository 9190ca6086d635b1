package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.CellKind;
import io.github.unroll.data.Sequences;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.layer.State;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LanguageModelSessionTest {

  private static final int V = 11;
  private static final int H = 6;

  private final RandomState random = new RandomState(5);
  private final RnnLanguageModel model =
      model(SequenceDescription.languageModel(V, 4, H).withCell(CellKind.LSTM));

  private RnnLanguageModel model(SequenceDescription configuration) {
    RnnLanguageModel made = new RnnLanguageModel(configuration, random);
    Padded.shake(made.parameters(), random);
    return made;
  }

  /**
   * One to three layers, each with output weights of its own and tied, in training with dropout.
   */
  private List<RnnLanguageModel> models(CellKind cell) {
    List<RnnLanguageModel> models = new ArrayList<>();
    for (int layers = 1; layers <= 3; layers++) {
      SequenceDescription apart =
          SequenceDescription.languageModel(V, 4, H)
              .withCell(cell)
              .withLayers(layers)
              .withDropout(0.5);
      SequenceDescription tied =
          SequenceDescription.languageModel(V, H, H)
              .withCell(cell)
              .withLayers(layers)
              .withDropout(0.5);
      models.add(model(apart));
      models.add(model(tied.withTiedWeights()));
    }
    return models;
  }

  private int[][] texts(int n, int words) {
    return IntStream.range(0, n).mapToObj(i -> random.randint(0, V, words)).toArray(int[][]::new);
  }

  private static int[] column(int[][] ids, int t) {
    return Arrays.stream(ids).mapToInt(row -> row[t]).toArray();
  }

  private static Tensor3 scores(RnnLanguageModel model, int[][] ids) {
    SequenceNetwork network = model.readingNetwork();
    Sequences texts = Sequences.ofWords(ids);
    network.reserve(texts);
    return network.forward(texts);
  }

  @ParameterizedTest
  @MethodSource("io.github.unroll.cell.CellKind#all")
  void steps_should_give_the_bits_of_the_models_own_forward(CellKind cell) {
    for (RnnLanguageModel each : models(cell)) {
      for (int n : new int[] {1, 5}) {
        int[][] ids = texts(n, 9);
        Tensor3 scores = scores(each, ids);
        TimeSoftmaxWithLoss softmax = new TimeSoftmaxWithLoss();
        softmax.forward(scores, ids);
        LanguageModelSession session = each.newSession(n);
        for (int t = 0; t < 9; t++) {
          assertThat(session.step(column(ids, t))).isEqualTo(scores.step(t));
          assertThat(session.scores()).isEqualTo(scores.step(t));
          assertThat(session.probabilities()).isEqualTo(softmax.probabilities().step(t));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.unroll.cell.CellKind#all")
  void the_loss_of_a_forward_should_be_that_of_the_steps_to_the_bit(CellKind cell) {
    for (RnnLanguageModel each : models(cell)) {
      each.setTraining(false);
      int[][] xs = texts(3, 7);
      int[][] ts = texts(3, 7);
      LanguageModelSession session = each.newSession(3);
      Tensor3 scores = new Tensor3(3, 7, V);
      for (int t = 0; t < 7; t++) {
        scores.setStep(t, session.step(column(xs, t)));
      }
      assertThat(new TimeSoftmaxWithLoss().forward(scores, ts)).isEqualTo(each.forward(xs, ts));
      assertThat(session.state()).isEqualTo(each.rnn().finalState());
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.unroll.cell.CellKind#all")
  void stepped_together_each_should_get_the_bits_that_it_gets_alone(CellKind cell) {
    for (RnnLanguageModel each : models(cell)) {
      List<LanguageModelSession> together = new ArrayList<>();
      List<LanguageModelSession> alone = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        together.add(each.newSession());
        alone.add(each.newSession());
      }
      LanguageModelSession batch = each.newSession(7);
      for (int t = 0; t < 4; t++) {
        int[] ids = random.randint(0, V, 7);
        Matrix scores = LanguageModelSession.stepTogether(together, ids);
        assertThat(batch.step(ids)).isEqualTo(scores);
        for (int i = 0; i < 7; i++) {
          double[] own = alone.get(i).step(ids[i]).data();
          assertThat(Arrays.copyOfRange(scores.data(), i * V, (i + 1) * V)).isEqualTo(own);
          assertThat(together.get(i).scores().data()).isEqualTo(own);
          assertThat(together.get(i).state()).isEqualTo(alone.get(i).state());
        }
      }
    }
  }

  @Test
  void sessions_that_began_at_different_times_should_step_together() {
    LanguageModelSession old = model.newSession(2);
    LanguageModelSession late = model.newSession();
    LanguageModelSession oldAlone = model.newSession(2);
    old.read(1, 2);
    oldAlone.read(1, 2);
    Matrix scores = LanguageModelSession.stepTogether(List.of(late, old), 3, 4, 5);
    assertThat(Arrays.copyOf(scores.data(), V)).isEqualTo(model.newSession().step(3).data());
    assertThat(Arrays.copyOfRange(scores.data(), V, 3 * V)).isEqualTo(oldAlone.step(4, 5).data());
  }

  @Test
  void perplexity_should_be_the_models_and_read_the_words() {
    int[] text = random.randint(0, V, 150);
    LanguageModelSession session = model.newSession();
    session.read(text[0]);
    double perplexity = session.perplexity(Arrays.copyOfRange(text, 1, 150));
    assertThat(perplexity).isCloseTo(model.perplexity(text), within(1e-12 * perplexity));
    assertThat(session.scores()).isEqualTo(scores(model, new int[][] {text}).step(149));

    double ofOne = session.perplexity(7);
    LanguageModelSession again = model.newSession();
    Arrays.stream(text).forEach(again::read);
    assertThat(1 / again.probabilities().get(0, 7)).isCloseTo(ofOne, within(1e-12 * ofOne));
  }

  @Test
  void a_word_choice_should_choose_from_a_steps_scores() {
    WordChoice choice = WordChoice.sampled().withTemperature(0.7).withTopK(3);
    RandomState draws = new RandomState(3);
    LanguageModelSession session = model.newSession();
    int[] text = new int[20];
    int word = 2;
    for (int i = 0; i < text.length; i++) {
      word = choice.choose(session.step(word).data(), draws);
      text[i] = word;
    }
    assertThat(text)
        .isEqualTo(new TextSampler(model, choice, new RandomState(3)).sample(new int[] {2}, 20));
  }

  @Test
  void a_state_should_survive_a_file(@TempDir Path folder) throws IOException {
    RnnLanguageModel deep = models(CellKind.LSTM).get(2);
    LanguageModelSession session = deep.newSession(2);
    session.read(3, 4);
    Map<String, StoredArray> tensors = new LinkedHashMap<>();
    List<Matrix> parts = session.state().matrices();
    for (int p = 0; p < parts.size(); p++) {
      tensors.put("state." + p, StoredArray.of(parts.get(p)));
    }
    Path file = folder.resolve("session.safetensors");
    new SafeTensors(tensors).write(file);

    SafeTensors read = SafeTensors.read(file);
    LanguageModelSession restored = deep.newSession(2);
    restored.setState(
        new State(
            IntStream.range(0, parts.size())
                .mapToObj(p -> read.tensor("state." + p).matrix())
                .toList()));
    assertThat(restored.scores()).isEqualTo(session.scores());
    assertThat(restored.step(0, 1)).isEqualTo(session.step(0, 1));
  }

  @Test
  void a_text_should_go_on_where_the_models_own_forward_ended() {
    model.setTraining(false);
    int[][] ids = texts(2, 12);
    int[][] first = {Arrays.copyOf(ids[0], 11), Arrays.copyOf(ids[1], 11)};
    model.forward(first, first);
    LanguageModelSession session = model.newSession(2);
    session.setState(model.rnn().keptState().orElseThrow());
    assertThat(session.scores()).isEqualTo(scores(model, ids).step(10));
    assertThat(session.step(column(ids, 11))).isEqualTo(scores(model, ids).step(11));
  }

  @Test
  void a_reset_should_begin_a_new_text() {
    LanguageModelSession session = model.newSession();
    Matrix first = session.step(3);
    assertThat(session.step(3)).isNotEqualTo(first);
    session.reset();
    assertThatIllegalStateException().isThrownBy(session::scores);
    assertThat(session.step(3)).isEqualTo(first);
  }

  @Test
  void a_session_should_read_the_weights_as_they_stand_and_leave_training_alone() {
    int[][] xs = texts(2, 5);
    RnnLanguageModel trained = models(CellKind.GRU).get(1);
    RandomState.State masks = random.state();
    trained.forward(xs, xs);
    trained.backward();
    double second = trained.forward(xs, xs);

    random.setState(masks);
    trained.resetState();
    trained.parameters().forEach(Parameter::zeroGrad);
    LanguageModelSession session = trained.newSession();
    trained.forward(xs, xs);
    session.step(1);
    trained.backward();
    Matrix before = session.step(2);
    assertThat(trained.forward(xs, xs)).isEqualTo(second);

    trained.parameters().get(0).value().data()[0] += 1;
    session.reset();
    session.read(1);
    assertThat(session.step(2)).isNotEqualTo(before);
  }

  @Test
  void should_refuse_what_it_cannot_read_and_keep_its_state() {
    LanguageModelSession session = model.newSession(2);
    assertThatIllegalStateException()
        .isThrownBy(session::scores)
        .withMessage("LanguageModelSession.scores: nothing was read yet; read a word first");
    assertThatIllegalStateException().isThrownBy(session::probabilities);
    Matrix scores = session.step(1, 2);
    State state = session.state();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.read(0, 11))
        .withMessage("LanguageModelSession.read: id 11 is not in 0..10");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.step(-1, 0))
        .withMessage("LanguageModelSession.read: id -1 is not in 0..10");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.step(1, 2, 3))
        .withMessage(
            "LanguageModelSession.read: 3 ids for a session of 2 texts; pass one for each");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.scoresInto(new Matrix(1, V)))
        .withMessage("TimeAffine.step: x must be (Nx6) and y (Nx11), not (2x6) and (1x11)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.setState(model.newSession().state()))
        .withMessage("RecurrentSession.setState: part 0 of a state must be (2x6), not (1x6)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.setState(State.of(new Matrix(2, 6))))
        .withMessage("RecurrentSession.setState: a state has 2 parts, not 1");
    assertThatIllegalStateException()
        .isThrownBy(() -> session.perplexity(1))
        .withMessage(
            "LanguageModelSession.perplexity: this session has 2 texts; use a session of one text");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.newSession().perplexity())
        .withMessage("LanguageModelSession.perplexity: no words; pass at least one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.newSession(0))
        .withMessage("RecurrentSession: batch size must be at least 1, not 0");
    assertThat(session.state()).isEqualTo(state);
    assertThat(session.scores()).isEqualTo(scores);

    LanguageModelSession one = model.newSession();
    one.read(3);
    State ofOne = one.state();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> one.perplexity(1, 11))
        .withMessage("LanguageModelSession.perplexity: id 11 is not in 0..10");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LanguageModelSession.stepTogether(List.of(one, session), 1, 2, 11))
        .withMessage("LanguageModelSession.read: id 11 is not in 0..10");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LanguageModelSession.stepTogether(List.of(one, session), 1, 2))
        .withMessageContaining("2 ids for a session of 3 texts");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                LanguageModelSession.stepTogether(
                    List.of(one, model(model.description()).newSession()), 1, 2))
        .withMessage(
            "RecurrentSession.joined: session 1 belongs to another layer or model than session 0");
    assertThat(one.state()).isEqualTo(ofOne);
    assertThat(session.state()).isEqualTo(state);
  }
}
