package io.github.unroll.layer;

import io.github.unroll.Golden;
import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TimeLSTM, TimeGRU and TimeBiLSTM of the book, figure by figure. */
class BookLayersTest {

  private static RecurrentLayer layer(String name, Golden golden, boolean stateful) {
    return name.equals("lstm")
        ? new TimeLstm(lstmCell(golden, ""), stateful)
        : new TimeGru(
            GruCell.resetBefore(golden.matrix("Wx"), golden.matrix("Wh"), golden.matrix("b")),
            stateful);
  }

  private static LstmCell lstmCell(Golden golden, String suffix) {
    return new LstmCell(
        golden.matrix("Wx" + suffix), golden.matrix("Wh" + suffix), golden.matrix("b" + suffix));
  }

  private static void assertGradients(Golden golden, String suffix, List<Parameter> parameters) {
    golden.assertMatches("dWx" + suffix, parameters.get(0).grad());
    golden.assertMatches("dWh" + suffix, parameters.get(1).grad());
    golden.assertMatches("db" + suffix, parameters.get(2).grad());
  }

  private static void assertBlock(Golden golden, String block, RecurrentLayer layer) {
    boolean lstm = layer.stateSizes().length == 2;
    golden.assertMatches("hs" + block, layer.forward(golden.tensor("xs" + block)));
    golden.assertMatches("h" + block, layer.finalState().h());
    if (lstm) {
      golden.assertMatches("c" + block, layer.finalState().c());
    }
    golden.assertMatches("dxs" + block, layer.backward(golden.tensor("dhs" + block)));
    golden.assertMatches("dh" + block, layer.initialStateGradient().h());
    if (lstm) {
      golden.assertMatches("dc" + block, layer.initialStateGradient().c());
    }
    assertGradients(golden, block, layer.parameters());
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm", "gru"})
  void should_equal_the_numpy_original(String name) {
    Golden golden = Golden.load("rows/time_" + name);
    assertBlock(golden, "", layer(name, golden, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm", "gru"})
  void should_carry_the_state_as_the_numpy_original_when_stateful(String name) {
    Golden golden = Golden.load("rows/time_" + name + "_stateful");
    RecurrentLayer layer = layer(name, golden, true);
    assertBlock(golden, "1", layer);
    layer.parameters().forEach(Parameter::zeroGrad);
    assertBlock(golden, "2", layer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm", "gru"})
  void should_start_anew_when_not_stateful(String name) {
    Golden golden = Golden.load("rows/time_" + name + "_stateful");
    RecurrentLayer layer = layer(name, golden, false);
    layer.forward(golden.tensor("xs1"));
    golden.assertMatches("hs2_not_stateful", layer.forward(golden.tensor("xs2")));
  }

  @Test
  void should_read_in_both_directions_as_the_numpy_original() {
    Golden golden = Golden.load("rows/time_bilstm");
    TimeLstm ahead = new TimeLstm(lstmCell(golden, "1"));
    TimeLstm back = new TimeLstm(lstmCell(golden, "2"));
    Bidirectional layer = new Bidirectional(ahead, back);
    golden.assertMatches("hs", layer.forward(golden.tensor("xs")));
    golden.assertMatches("dxs", layer.backward(golden.tensor("dhs")));
    assertGradients(golden, "1", ahead.parameters());
    assertGradients(golden, "2", back.parameters());
  }
}
