package io.github.unroll.check;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.unroll.cell.Cell;
import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.DelegatingCell;
import io.github.unroll.cell.GeneralCells;
import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.RandomWeights;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The generic tests of a cell: the library's pass, and each mistake is noticed. */
class CellCheckTest {

  private static final int D = 2;
  private static final int H = 4;
  private static final RandomState RANDOM = new RandomState(1);

  private static Parameter weights(String name, int rows, int cols) {
    return new Parameter(name, RANDOM.randn(rows, cols).times(0.5));
  }

  private static RnnCell rnn(Nonlinearity activation) {
    return new RnnCell(weights("wx", D, H), weights("wh", H, H), weights("b", 1, H), activation);
  }

  /** Every kind that models know, and what is not a kind of its own. */
  static Stream<Named<Cell>> cells() {
    return Stream.concat(ofKinds(), general());
  }

  private static Stream<Named<Cell>> general() {
    return GeneralCells.all(RANDOM, D, H).entrySet().stream()
        .map(cell -> Named.of(cell.getKey(), cell.getValue().get()));
  }

  private static Stream<Named<Cell>> ofKinds() {
    return Stream.concat(
        CellKind.all().stream()
            .map(kind -> Named.of(kind.name(), kind.cell(D, H, new RandomWeights(RANDOM)))),
        Stream.of(
            Named.of("RnnCell, relu", rnn(Nonlinearity.RELU)),
            Named.of(
                "GruCell, reset after",
                GruCell.resetAfter(
                    weights("wx", D, 3 * H),
                    weights("wh", H, 3 * H),
                    weights("b", 1, 3 * H),
                    weights("bhn", 1, H)))));
  }

  @ParameterizedTest
  @MethodSource("cells")
  void the_librarys_cells_should_keep_the_contract(Cell cell) {
    assertThatCode(() -> new CellCheck(cell).run(1e-7)).doesNotThrowAnyException();
  }

  /** A cell in which a test can make one mistake. */
  private static class Mistaken extends DelegatingCell {

    Mistaken() {
      super(rnn(Nonlinearity.TANH));
    }
  }

  private static void assertNoticed(Cell cell, String message) {
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> new CellCheck(cell).run(1e-7))
        .withMessageContaining(message);
  }

  @Test
  void a_gradient_that_is_not_that_of_forward_should_be_noticed() {
    assertNoticed(
        new Mistaken() {
          @Override
          public Runnable backward(Views v, StateGradients d) {
            Runnable step = super.backward(v, d);
            return () -> {
              step.run();
              d.before(0).set(0, 0, d.before(0).get(0, 0) * 1.001);
            };
          }
        },
        "initial state 0[0,0]");
  }

  @Test
  void a_parameter_without_its_gradient_should_be_noticed() {
    assertNoticed(
        new Mistaken() {
          @Override
          public void addGradients(Views all) {
            right.wh().grad().addMatmul(all.before(0).transposed(), all.a());
          }
        },
        "b[0,");
  }

  @Test
  void a_list_of_parameters_that_does_not_begin_with_wx_should_be_noticed() {
    assertNoticed(
        new Mistaken() {
          @Override
          public List<Parameter> parameters() {
            return List.of(right.wh(), right.wx(), right.b());
          }
        },
        "parameters() must begin with wx");
    assertNoticed(
        new Mistaken() {
          @Override
          public List<Parameter> parameters() {
            return List.of(right.wx(), right.wh(), right.b(), right.wh());
          }
        },
        "lists a parameter twice");
  }

  @Test
  void a_cell_that_remembers_something_of_its_own_should_be_noticed() {
    assertNoticed(
        new Mistaken() {
          private double sum;

          @Override
          public Runnable forward(Views v) {
            Runnable step = super.forward(v);
            MatrixView h = v.after(0);
            return () -> {
              step.run();
              sum += 1e-9;
              h.add(0, 0, sum);
            };
          }
        },
        "does the cell keep something outside its Views?");
  }

  @Test
  void gradients_that_are_written_instead_of_added_should_be_noticed() {
    assertNoticed(
        new Mistaken() {
          @Override
          public void addGradients(Views all) {
            right.wh().grad().setMatmul(all.before(0).transposed(), all.a());
            right.b().grad().addColumnSums(all.a());
          }
        },
        "did not add to those of wh");
  }

  @Test
  void a_cell_that_lies_about_its_sizes_should_be_noticed() {
    assertNoticed(
        new Mistaken() {
          @Override
          public int outputSize() {
            return H + 1;
          }
        },
        "outputSize() is 5, but the output is part 0 of the state, of 4");
  }

  @Test
  void what_a_session_throws_on_another_thread_should_be_told() {
    Thread own = Thread.currentThread();
    Cell cell =
        new Mistaken() {
          @Override
          public Runnable forward(Views v) {
            if (Thread.currentThread() != own) {
              throw new IllegalStateException("not on this thread");
            }
            return super.forward(v);
          }
        };
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> new CellCheck(cell).run(1e-7))
        .withMessageContaining("a session on its own thread throws")
        .withRootCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void should_say_what_is_null() {
    assertThatNullPointerException()
        .isThrownBy(() -> new CellCheck(rnn(Nonlinearity.TANH), null))
        .withMessage("random");
  }
}
