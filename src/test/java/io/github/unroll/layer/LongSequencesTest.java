package io.github.unroll.layer;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.FreshJvm;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What long sequences cost: sizes that pass an int are told, and forward pays for no gradient. */
class LongSequencesTest {

  private static final int D = ForwardBytes.D;
  private static final int H = ForwardBytes.H;
  private static final int TD = ForwardBytes.TD;
  private static final int LSTM = 7 * H; // gates, h, c, tanh of c

  /** Bytes of what is no array over time, such as states of a step; one double a step is more. */
  private static final long SMALL = 256 * 1024;

  // ---- sizes beyond an int ----

  private static void assertTooLarge(ThrowingCallable call, String array) {
    assertThatIllegalArgumentException()
        .isThrownBy(call)
        .withMessageContaining(array)
        .withMessageContaining(" elements; an array holds at most 2147483647; for sequences");
  }

  /** Refused before there are outputs: these would be gigabytes, the inputs are megabytes. */
  @ParameterizedTest
  @CsvSource({
    "RNN_TANH, 2097153, 1024, 2147484672",
    "LSTM, 1048577, 2048, 2147485696",
    "GRU_RESET_BEFORE, 1398102, 1536, 2147484672",
    "GRU_RESET_AFTER, 1398102, 1536, 2147484672"
  })
  void should_refuse_gates_beyond_an_int(Kind kind, int steps, int width, long elements) {
    int hidden = kind == Kind.RNN_TANH ? width : 512;
    RecurrentLayer layer = kind.layer(1, hidden, new RandomState(1));
    String name = layer.getClass().getSimpleName();
    assertTooLarge(
        () -> layer.forward(new Tensor3(1, steps, 1)),
        String.format(
            Locale.ROOT, "%s: gates (1x%dx%d) would be %d", name, steps, width, elements));
  }

  /** One step fewer than states there are, the initial one among them. */
  @Test
  void should_refuse_states_beyond_an_int() {
    RecurrentLayer layer = Kind.RNN_TANH.layer(1, 512, new RandomState(1));
    assertTooLarge(
        () -> layer.checkRoom(1, 4_194_303),
        "TimeRnn: states, the initial one among them, (1x4194304x512) would be 2147483648");
    layer.checkRoom(1, 4_194_302);
  }

  @Test
  void layers_of_layers_should_ask_each_of_theirs_for_room() {
    RandomState random = new RandomState(1);
    String told = "TimeLstm: gates (1x1048577x2048) would be 2147485696";
    RecurrentLayer narrow = Kind.LSTM.layer(1, 1, random);
    RecurrentLayer wide = Kind.LSTM.layer(1, 512, random);
    for (RecurrentLayer layer :
        List.of(
            new Reversed(wide),
            new Bidirectional(narrow, wide),
            new Bidirectional(wide, narrow),
            new RecurrentStack(List.of(narrow, wide)))) {
      assertTooLarge(() -> layer.checkRoom(1, 1_048_577), told);
      layer.checkRoom(1, 1_048_575);
    }
  }

  /** The upper layer's gates are too many; the lower, stateful, must not have read the batch. */
  @Test
  void layers_of_layers_should_refuse_gates_beyond_an_int_before_any_reads() {
    RandomState random = new RandomState(1);
    Tensor3 xs = new Tensor3(1, 1_048_577, 1);
    String told = "TimeLstm: gates (1x1048577x2048) would be 2147485696";
    RecurrentLayer narrow = Kind.LSTM.layer(1, 1, random, true);
    RecurrentLayer wide = Kind.LSTM.layer(1, 512, random, true);
    RecurrentLayer top = Kind.RNN_TANH.layer(512, 1, random, true);
    RecurrentStack stack = new RecurrentStack(List.of(narrow, wide, top));
    assertTooLarge(() -> stack.forward(xs), told);
    assertTooLarge(() -> stack.forwardInto(xs, new Tensor3(1, xs.d1(), 1)), told);
    assertThat(narrow.keptState()).isEmpty();
    Bidirectional both =
        new Bidirectional(Kind.RNN_TANH.layer(1, 1, random), Kind.LSTM.layer(1, 512, random));
    assertTooLarge(() -> both.forward(xs), told);
  }

  @Test
  void should_refuse_outputs_beyond_an_int() {
    Parameter b = new Parameter("b", new Matrix(1, 1 << 12));
    TimeAffine affine = new TimeAffine(new Parameter("w", new Matrix(1, 1 << 12)), b);
    assertTooLarge(
        () -> affine.forward(new Tensor3(1, 1 << 19, 1)), "Tensor3: (1x524288x4096) would be");
    TimeEmbedding embedding = new TimeEmbedding(new Parameter("w", new Matrix(1, 1 << 12)));
    assertTooLarge(
        () -> embedding.forward(new int[1][1 << 19]), "Tensor3: (1x524288x4096) would be");
    RandomState random = new RandomState(1);
    Bidirectional both =
        new Bidirectional(Kind.RNN_TANH.layer(1, 512, random), Kind.RNN_TANH.layer(1, 512, random));
    assertTooLarge(
        () -> both.forward(new Tensor3(1, 1 << 21, 1)), "Tensor3: (1x2097152x1024) would be");
  }

  @Test
  void should_refuse_attention_weights_beyond_an_int() {
    assertTooLarge(
        () -> new TimeAttention().forward(new Tensor3(1, 1 << 16, 1), new Tensor3(1, 1 << 15, 1)),
        "TimeAttention: weights (1x32768x65536) would be 2147483648");
  }

  // ---- what forward alone takes ----

  private static final Pattern TAKEN = Pattern.compile("(\\w+): (\\d+) (\\d+) (\\d+) (\\d+)");

  /**
   * Forward takes what it leaves to backward, once; backward, which works in that room, next to
   * nothing that is as long as the sequences, but what is said in the second column. Cells have
   * views of every step besides: their bytes, forward and backward, in the last two.
   */
  @Test
  void forward_should_take_no_gradients_room() throws Exception {
    Map<String, int[]> columns =
        Map.ofEntries(
            entry("RNN_TANH", new int[] {D + 2 * H, 0, 330, 200}), // gates, h
            entry("RNN_RELU", new int[] {D + 2 * H, 0, 330, 200}),
            entry("LSTM", new int[] {D + LSTM, 0, 620, 380}),
            entry(
                "GRU_RESET_BEFORE",
                new int[] {D + 5 * H, H, 780, 660}), // gates, h, product; its gradient
            entry("GRU_RESET_AFTER", new int[] {D + 5 * H, H, 780, 660}),
            entry(
                "Bidirectional",
                new int[] {2 * (D + LSTM) + D + 2 * H, 0, 1500, 800}), // xs back, outputs
            entry(
                "RecurrentStack",
                new int[] {D + LSTM + H + H + LSTM, 0, 1300, 760}), // and what is between
            entry("TimeAffine", new int[] {D, 0, 0, 0}),
            entry("TimeDropout", new int[] {0, 0, 0, 0}), // not in training
            entry("TimeEmbedding", new int[] {1, 0, 0, 0}),
            entry(
                "TimeAttention",
                new int[] {D + TD, TD + 1, 0, 0})); // encoder states, weights; theirs
    String said =
        FreshJvm.run(ForwardBytes.class, List.of("-Dunroll.kernel=plain", "-Dunroll.threads=1"));
    Set<String> measured = new HashSet<>();
    Matcher line = TAKEN.matcher(said);
    while (line.find()) {
      String layer = line.group(1);
      measured.add(layer);
      long column = 8L * ForwardBytes.N * ForwardBytes.T; // one double a step
      int[] most = columns.get(layer);
      long forwardViews = (long) most[2] * ForwardBytes.T;
      long backwardViews = (long) most[3] * ForwardBytes.T;
      assertTakes(line, "forward of ", 2, most[0] * column + forwardViews);
      assertTakes(line, "second forward of ", 3, 0);
      assertTakes(line, "backward of ", 4, most[1] * column + backwardViews);
      assertTakes(line, "second backward of ", 5, 0);
    }
    assertThat(measured).as(said).isEqualTo(columns.keySet());
  }

  private static void assertTakes(Matcher line, String what, int group, long most) {
    assertThat(Long.parseLong(line.group(group))).as(what + line.group(1)).isLessThan(most + SMALL);
  }

  // ---- the same bits in pieces ----

  @ParameterizedTest
  @EnumSource
  void a_kept_state_should_make_pieces_the_whole(Kind kind) {
    int steps = 50;
    int n = 3;
    Tensor3 xs = new RandomState(2).randn(n, steps, D);
    Tensor3 whole = kind.layer(D, H, new RandomState(1)).forward(xs);
    RecurrentLayer layer = kind.layer(D, H, new RandomState(1), true);
    for (int from = 0; from < steps; from += 16) {
      int length = Math.min(16, steps - from);
      Tensor3 piece = new Tensor3(n, length, D);
      for (int t = 0; t < length; t++) {
        piece.setStep(t, xs.step(from + t));
      }
      Tensor3 hs = layer.forward(piece);
      for (int t = 0; t < length; t++) {
        assertThat(hs.step(t)).isEqualTo(whole.step(from + t));
      }
    }
  }
}
