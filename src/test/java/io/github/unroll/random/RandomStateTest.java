package io.github.unroll.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against NumPy 1.24.2: equal bits; one unit in the last place for what takes a logarithm. */
class RandomStateTest {
  private static final JsonNode GOLDEN = read("legacy_randomstate.json");
  private static final JsonNode FURTHER = read("legacy_randomstate_further.json");
  private static final double[] P = doubles(GOLDEN.get("p"));

  private static JsonNode read(String file) {
    try (InputStream in = RandomStateTest.class.getResourceAsStream("/golden/rng/" + file)) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One seed with all its streams. */
  record Case(JsonNode node) {
    JsonNode get(String key) {
      assertThat(node.has(key)).as(key).isTrue();
      return node.get(key);
    }

    RandomState fresh() {
      JsonNode seed = node.get("seed");
      if (!seed.isArray()) {
        return new RandomState(seed.longValue());
      }
      // The file's array seeds are NumPy arrays; NumPy takes one of a single element for a number.
      return seed.size() == 1
          ? new RandomState(seed.get(0).longValue())
          : new RandomState(longs(seed));
    }

    @Override
    public String toString() {
      return "seed " + node.get("seed");
    }
  }

  static Stream<Case> seeds() {
    return Stream.of("integer_seeds", "array_seeds")
        .flatMap(kind -> StreamSupport.stream(GOLDEN.get(kind).spliterator(), false))
        .map(Case::new);
  }

  @Test
  void should_have_nine_seeds_to_compare_with() {
    assertThat(seeds()).hasSize(9);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void should_draw_the_raw_words_of_numpy(Case c) {
    RandomState random = c.fresh();
    assertThat(raw(random, 10)).isEqualTo(longs(c.get("raw_uint32_10")));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void should_draw_the_uniforms_of_numpy(Case c) {
    assertThat(c.fresh().rand(20)).isEqualTo(doubles(c.get("rand_20")));
    assertThat(c.fresh().uniform(-1, 1, 20)).isEqualTo(doubles(c.get("uniform_m1_1_20")));
    RandomState single = c.fresh();
    assertThat(Stream.generate(single::rand).limit(20).mapToDouble(v -> v).toArray())
        .isEqualTo(doubles(c.get("rand_20")));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void should_draw_the_gaussians_of_numpy(Case c) {
    assertWithinOneUlp(c.fresh().randn(20), c.get("randn_20"));
    assertWithinOneUlp(c.fresh().normal(2.0, 0.5, 5), c.get("normal_2_0.5_5"));
    RandomState single = c.fresh();
    for (JsonNode want : c.get("normal_2_0.5_5")) {
      assertWithinOneUlp(new double[] {single.normal(2.0, 0.5)}, want);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void should_draw_a_matrix_of_gaussians_row_after_row(Case c) {
    var m = c.fresh().randn(3, 4);
    assertThat(m.rows()).isEqualTo(3);
    assertThat(m.cols()).isEqualTo(4);
    assertWithinOneUlp(m.data(), c.get("randn_3x4"));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void should_draw_the_integers_of_numpy(Case c) {
    assertThat(c.fresh().randint(0, 100, 20)).isEqualTo(ints(c.get("randint_0_100_20")));
    assertThat(c.fresh().randint(0, 10000, 20)).isEqualTo(ints(c.get("randint_0_10000_20")));
    assertThat(c.fresh().randint(0, 128, 20)).isEqualTo(ints(c.get("randint_0_128_20")));
    assertThat(c.fresh().randint(-5, 6, 20)).isEqualTo(ints(c.get("randint_m5_6_20")));
    RandomState single = c.fresh();
    assertThat(IntStream.generate(() -> single.randint(-5, 6)).limit(20).toArray())
        .isEqualTo(ints(c.get("randint_m5_6_20")));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void should_permute_and_shuffle_as_numpy(Case c) {
    assertThat(c.fresh().permutation(10)).isEqualTo(ints(c.get("permutation_10")));
    int[] values = IntStream.range(0, 20).toArray();
    c.fresh().shuffle(values);
    assertThat(values).isEqualTo(ints(c.get("shuffle_arange_20")));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void should_choose_as_numpy(Case c) {
    RandomState single = c.fresh();
    assertThat(IntStream.generate(() -> single.choice(10, P)).limit(12).toArray())
        .isEqualTo(ints(c.get("choice_10_p_x12")));
    assertThat(c.fresh().choice(10, 12, P)).isEqualTo(ints(c.get("choice_10_size12_p")));
    assertThat(c.fresh().choice(10, 12)).isEqualTo(ints(c.get("choice_10_size12")));
    assertThat(c.fresh().choice(10, 5, false))
        .isEqualTo(ints(c.get("choice_10_size5_without_replacement")));
    assertThat(c.fresh().choice(10)).isEqualTo(c.get("choice_10_size12").get(0).intValue());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void should_keep_a_gaussian_across_other_calls(Case c) {
    RandomState random = c.fresh();
    assertThat(c.get("mixed")).hasSize(13);
    for (JsonNode step : c.get("mixed")) {
      JsonNode want = step.get("result");
      String call = step.get("call").textValue();
      switch (call) {
        case "randn()" -> assertWithinOneUlp(new double[] {random.randn()}, want);
        case "randn(1)" -> assertWithinOneUlp(random.randn(1), want);
        case "randn(2)" -> assertWithinOneUlp(random.randn(2), want);
        case "randn(3)" -> assertWithinOneUlp(random.randn(3), want);
        case "randn(2,2)" -> assertWithinOneUlp(random.randn(2, 2).data(), want);
        case "rand()" -> assertThat(random.rand()).isEqualTo(want.doubleValue());
        case "rand(2)" -> assertThat(random.rand(2)).isEqualTo(doubles(want));
        case "uniform(-1,1,3)" -> assertThat(random.uniform(-1, 1, 3)).isEqualTo(doubles(want));
        case "randint(0,10,4)" -> assertThat(random.randint(0, 10, 4)).isEqualTo(ints(want));
        case "permutation(5)" -> assertThat(random.permutation(5)).isEqualTo(ints(want));
        case "choice(10,p=P)" -> assertThat(random.choice(10, P)).isEqualTo(want.intValue());
        case "shuffle(arange(6))" -> {
          int[] values = {0, 1, 2, 3, 4, 5};
          random.shuffle(values);
          assertThat(values).isEqualTo(ints(want));
        }
        default -> throw new AssertionError("a call this test does not know: " + call);
      }
    }
  }

  @Test
  void should_drop_the_kept_gaussian_when_seeded_again() {
    JsonNode want = GOLDEN.get("reseed_drops_cached_gaussian");
    RandomState random = new RandomState(want.get("seed").longValue());
    random.randn(1);
    random.seed(want.get("seed").longValue());
    assertWithinOneUlp(random.randn(4), want.get("randn_4"));
  }

  @Test
  void should_seed_with_an_array_as_numpy_with_a_list() {
    assertThat(FURTHER.get("list_seeds")).hasSize(5);
    for (JsonNode want : FURTHER.get("list_seeds")) {
      long[] seed = longs(want.get("seed"));
      assertThat(raw(new RandomState(seed), 10))
          .as("seed %s", want.get("seed"))
          .isEqualTo(longs(want.get("raw_uint32_10")));
    }
    assertThat(new RandomState(new int[] {0, 0}).state())
        .isEqualTo(new RandomState(new long[] {0, 0}).state())
        .isNotEqualTo(new RandomState(0).state());
    assertThat(new RandomState(new int[] {0}).state()).isNotEqualTo(new RandomState(0).state());
  }

  @Test
  void should_draw_integers_of_every_range_as_numpy() {
    assertThat(FURTHER.get("randint")).hasSize(9);
    for (JsonNode want : FURTHER.get("randint")) {
      long low = want.get("low").longValue();
      long high = want.get("high").longValue();
      RandomState random = new RandomState(5);
      long[] values = new long[8];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextLong(low, high);
      }
      assertThat(values).as("%d to %d", low, high).isEqualTo(longs(want.get("values_8")));
      assertThat(random.rand()).isEqualTo(want.get("rand").doubleValue());
      if (low == (int) low && high == (int) high) {
        assertThat(new RandomState(5).randint((int) low, (int) high, 8))
            .isEqualTo(ints(want.get("values_8")));
      }
    }
    RandomState random = new RandomState(5);
    for (JsonNode want : FURTHER.get("randint_uint64_2")) {
      assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo(want.textValue());
    }
  }

  @Test
  void should_choose_with_and_without_replacement_by_probability_as_numpy() {
    double[] zeros = doubles(FURTHER.get("p_zeros"));
    assertThat(FURTHER.get("choice")).hasSize(20);
    for (JsonNode want : FURTHER.get("choice")) {
      RandomState random = new RandomState(want.get("seed").longValue());
      assertThat(random.choice(10, 7, false, P))
          .isEqualTo(ints(want.get("p_without_replacement_7")));
      assertThat(random.choice(6, 3, false, zeros))
          .isEqualTo(ints(want.get("p_zeros_without_replacement_3")));
      assertThat(random.choice(6, 20, true, zeros)).isEqualTo(ints(want.get("p_zeros_20")));
      assertThat(random.choice(1)).isEqualTo(want.get("one_value").intValue());
      assertThat(random.choice(1, new double[] {1})).isEqualTo(want.get("one_value_p").intValue());
      assertThat(random.choice(10, 10, false))
          .isEqualTo(ints(want.get("without_replacement_all_10")));
      assertThat(random.rand()).isEqualTo(want.get("rand").doubleValue());
    }
    assertThat(P).as("the caller's probabilities").isEqualTo(doubles(GOLDEN.get("p")));
  }

  @Test
  void should_find_the_first_value_whose_cdf_lies_above_a_uniform() {
    Categorical categorical = new Categorical(new double[] {0, 0.5, 0, 0.5, 0});
    assertThat(categorical.quantile(0)).isEqualTo(1);
    assertThat(categorical.quantile(Math.nextDown(0.5))).isEqualTo(1);
    assertThat(categorical.quantile(0.5)).isEqualTo(3);
    assertThat(categorical.quantile(Math.nextDown(1.0))).isEqualTo(3);
  }

  @Test
  void should_stay_with_numpy_far_behind_the_start() {
    JsonNode want = FURTHER.get("far");
    RandomState random = new RandomState(77);
    random.rand(100_000);
    assertThat(random.rand(3)).isEqualTo(doubles(want.get("rand_3")));
    assertThat(random.permutation(300)).isEqualTo(ints(want.get("permutation_300")));
  }

  @Test
  void should_fill_a_tensor_with_the_last_axis_fastest() {
    var gaussians = new RandomState(11).randn(2, 3, 4);
    assertThat(List.of(gaussians.d0(), gaussians.d1(), gaussians.d2())).containsExactly(2, 3, 4);
    assertWithinOneUlp(gaussians.data(), FURTHER.get("randn_2x3x4").get("values"));
    var uniforms = new RandomState(11).rand(2, 3, 4);
    assertThat(uniforms.data()).isEqualTo(doubles(FURTHER.get("rand_2x3x4").get("values")));
    assertThat(new RandomState(11).rand(6, 4).data()).isEqualTo(uniforms.data());
  }

  @Test
  void should_have_the_state_of_numpy_and_go_on_from_it() {
    JsonNode want = FURTHER.get("state");
    RandomState random = new RandomState(9);
    random.randn(1001);
    RandomState.State state = random.state();
    int[] key = ints(want.get("key"));
    assertThat(state.key()).isEqualTo(key);
    assertThat(state.pos()).isEqualTo(want.get("pos").intValue());
    assertThat(state.hasGauss()).isTrue();
    assertWithinOneUlp(new double[] {state.gauss()}, want.get("gauss"));

    RandomState restored =
        new RandomState(
            new RandomState.State(
                key,
                want.get("pos").intValue(),
                want.get("has_gauss").intValue() == 1,
                want.get("gauss").doubleValue()));
    assertWithinOneUlp(restored.randn(3), want.get("randn_3"));
    assertThat(restored.rand(3)).isEqualTo(doubles(want.get("rand_3")));

    double[] first = random.randn(7);
    random.setState(state);
    assertThat(random.randn(7)).isEqualTo(first);
  }

  @Test
  void should_not_share_the_key_of_a_state() {
    RandomState random = new RandomState(3);
    RandomState.State state = random.state();
    state.key()[1] = 0;
    random.rand(1000);
    assertThat(state).isEqualTo(new RandomState(3).state());
    assertThat(state).hasSameHashCodeAs(new RandomState(3).state());
    assertThat(state).isNotEqualTo(random.state());
  }

  @Test
  void should_refuse_a_state_that_cannot_be() {
    int[] key = new RandomState(3).state().key();
    refuses(() -> new RandomState.State(new int[3], 0, false, 0), "key of 3 words: must be 624");
    refuses(() -> new RandomState.State(key, 625, false, 0), "pos 625: must be between 0 and 624");
    refuses(() -> new RandomState.State(key, -1, false, 0), "pos -1");
    refuses(() -> new RandomState.State(key, 0, true, Double.NaN), "gauss NaN: must be finite");
    refuses(() -> new RandomState.State(new int[624], 0, false, 0), "key is all zero");
  }

  @Test
  void should_be_a_random_generator() {
    RandomGenerator generator = new RandomState(42);
    assertThat(generator.doubles(20).toArray()).isEqualTo(new RandomState(42).rand(20));
    generator = new RandomState(42);
    assertThat(generator.ints(20, -5, 6).toArray())
        .isEqualTo(new RandomState(42).randint(-5, 6, 20));
    generator = new RandomState(42);
    assertThat(generator.ints(5).toArray())
        .isEqualTo(LongStream.of(raw(new RandomState(42), 5)).mapToInt(w -> (int) w).toArray());
    generator = new RandomState(42);
    RandomState words = new RandomState(42);
    long high = words.nextInt();
    assertThat(generator.nextLong())
        .isEqualTo(high << 32 | Integer.toUnsignedLong(words.nextInt()));
    assertThat(new RandomState(42).nextInt(100)).isEqualTo(new RandomState(42).randint(0, 100));
    assertThat(new RandomState(42).nextLong(100)).isEqualTo(new RandomState(42).randint(0, 100));
    assertThat(new RandomState(42).nextGaussian(2, 0.5))
        .isEqualTo(new RandomState(42).normal(2, 0.5));
  }

  @Test
  void should_refuse_a_seed_out_of_range() {
    refuses(() -> new RandomState(-1), "seed -1: must be between 0 and 4294967295 (2^32 - 1)");
    refuses(() -> new RandomState(1L << 32), "seed 4294967296: must be between");
    refuses(() -> new RandomState(0).seed(-7), "seed -7");
    refuses(() -> new RandomState(new int[0]), "the array is empty");
    refuses(() -> new RandomState(new long[0]), "the array is empty");
    refuses(() -> new RandomState(new int[] {1, -2}), "seed[1] -2: must be between");
    refuses(() -> new RandomState(new long[] {1L << 32}), "seed[0] 4294967296");
    assertThat(new RandomState(0xffffffffL).nextInt()).isNotEqualTo(new RandomState(0).nextInt());
  }

  @Test
  void should_refuse_sizes_and_limits_that_make_no_sense() {
    RandomState random = new RandomState(0);
    refuses(() -> random.rand(-1), "rand: size -1: must not be negative");
    refuses(() -> random.randn(-1), "randn: size -1");
    refuses(() -> random.uniform(0, 1, -1), "uniform: size -1");
    refuses(() -> random.normal(0, 1, -1), "normal: size -1");
    refuses(() -> random.randint(0, 1, -1), "randint: size -1");
    refuses(() -> random.permutation(-1), "permutation: size -1");
    refuses(() -> random.choice(3, -1), "choice: size -1");
    refuses(() -> random.choice(3, -1, new double[] {1, 0, 0}), "choice: size -1");
    refuses(() -> random.randint(3, 3), "randint: low 3, high 3: low must be less than high");
    refuses(() -> random.randint(3, 2, 0), "low 3, high 2");
    refuses(() -> random.nextInt(0), "low 0, high 0");
    refuses(() -> random.uniform(0, Double.POSITIVE_INFINITY), "high - low must be finite");
    refuses(() -> random.uniform(-Double.MAX_VALUE, Double.MAX_VALUE, 2), "must be finite");
    refuses(() -> random.normal(0, -1), "normal: mean 0.0, std -1.0");
    refuses(() -> random.normal(Double.NaN, 1, 3), "normal: mean NaN");
    assertThat(random.state()).as("nothing was drawn").isEqualTo(new RandomState(0).state());
    assertThat(random.rand(0)).isEmpty();
    assertThat(random.permutation(0)).isEmpty();
  }

  @Test
  void should_refuse_a_choice_that_cannot_be_made() {
    RandomState random = new RandomState(0);
    refuses(() -> random.choice(0), "choice: n 0: must be at least 1");
    refuses(() -> random.choice(0, new double[0]), "choice: n 0");
    refuses(() -> random.choice(2, new double[] {1}), "2 values but 1 probabilities");
    refuses(() -> random.choice(2, new double[] {-0.5, 1.5}), "p[0] = -0.5: must be a number");
    refuses(() -> random.choice(2, new double[] {1, Double.NaN}), "p[1] = NaN");
    refuses(
        () -> random.choice(2, new double[] {Double.POSITIVE_INFINITY, 0}), "probabilities sum to");
    refuses(() -> random.choice(2, new double[] {0.5, 0.4}), "probabilities sum to 0.9, not 1");
    refuses(() -> random.choice(2, new double[] {0.5, 0.5 + 2e-8}), "probabilities sum to");
    refuses(() -> random.choice(3, 4, false), "size 4 without replacement, but only 3 values");
    refuses(
        () -> random.choice(3, 2, false, new double[] {1, 0, 0}),
        "only 1 values of positive probability");
    assertThat(random.state()).as("nothing was drawn").isEqualTo(new RandomState(0).state());
    assertThat(random.choice(2, 50, new double[] {0.5, 0.5 + 1e-8})).containsOnly(0, 1);
  }

  private static void refuses(ThrowingCallable call, String why) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessageContaining(why);
  }

  private static void assertWithinOneUlp(double[] got, JsonNode want) {
    double[] expected = doubles(want);
    assertThat(got).hasSameSizeAs(expected);
    for (int i = 0; i < got.length; i++) {
      assertThat(Math.abs(got[i] - expected[i]))
          .as("[%d] %s, wanted %s", i, got[i], expected[i])
          .isLessThanOrEqualTo(Math.ulp(expected[i]));
    }
  }

  private static long[] raw(RandomState random, int n) {
    return IntStream.generate(random::nextInt)
        .limit(n)
        .mapToLong(Integer::toUnsignedLong)
        .toArray();
  }

  /** All numbers in the node, row after row. */
  private static Stream<JsonNode> leaves(JsonNode node) {
    return node.isArray()
        ? StreamSupport.stream(node.spliterator(), false).flatMap(RandomStateTest::leaves)
        : Stream.of(node);
  }

  private static double[] doubles(JsonNode node) {
    return leaves(node).mapToDouble(JsonNode::doubleValue).toArray();
  }

  private static long[] longs(JsonNode node) {
    return leaves(node).mapToLong(JsonNode::longValue).toArray();
  }

  private static int[] ints(JsonNode node) {
    return leaves(node).mapToInt(leaf -> (int) leaf.longValue()).toArray();
  }
}
