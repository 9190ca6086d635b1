package io.github.unroll.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * C2 makes an object of each vector that a call hands over, and of those past its node limit in
 * what it compiles together. So no method hands vectors over, and those of many are not inlined.
 */
class VectorLoopsTest {

  /** C2 inlines no method of more bytes of bytecode: its flag FreqInlineSize. */
  private static final int INLINED_UP_TO = 325;

  /** Called by turns from one place, which C2 inlines neither. */
  private static final Set<String> PARTS =
      Set.of(
          "SimdElementary.expOfMinus",
          "SimdElementary.inverseOfOneMore",
          "SimdElementary.onePlusExpOfMinusTwice",
          "SimdElementary.quotient",
          "SimdElementary.exponentAndFraction",
          "SimdElementary.logOfParts");

  private static final Pattern VECTOR = Pattern.compile("jdk\\.incubator\\.vector\\.\\w+");

  @Test
  void should_hand_over_no_vector() throws Exception {
    assertThat(VectorLoops.methods())
        .isNotEmpty()
        .noneMatch(method -> VECTOR.matcher(method.head()).find());
  }

  @Test
  void methods_of_many_vectors_should_be_too_long_to_be_inlined() throws Exception {
    List<VectorLoops.Method> ofMany =
        VectorLoops.methods().stream().filter(VectorLoops.Method::isOfMany).toList();
    assertThat(ofMany)
        .extracting(VectorLoops.Method::name)
        .containsAll(PARTS)
        .hasSizeGreaterThan(PARTS.size());
    assertThat(ofMany)
        .filteredOn(method -> !PARTS.contains(method.name()))
        .as("longer than %d bytes, or called by turns: see simd's package-info", INLINED_UP_TO)
        .allMatch(method -> method.bytes() > INLINED_UP_TO);
  }
}
