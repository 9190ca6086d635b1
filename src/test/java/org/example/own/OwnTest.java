package org.example.own;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.check.CellCheck;
import io.github.unroll.check.GradientCheck;
import io.github.unroll.layer.Recurrent;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.RecurrentSession;
import io.github.unroll.layer.RecurrentStack;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cell, an optimizer and a loss that are not the library's, through its public seams alone. */
class OwnTest {

  private final RandomState random = new RandomState(4);

  @Test
  void a_cell_of_ones_own_should_keep_the_contract() {
    new CellCheck(new MinimalGatedCell(2, 4, random)).run(1e-7);
  }

  @Test
  void sessions_of_a_cell_of_ones_own_on_8_threads_should_give_the_bits_of_each_alone()
      throws Exception {
    int threads = 8;
    int steps = 200;
    RecurrentLayer layer =
        new RecurrentStack(
            List.of(
                new Recurrent<>(new MinimalGatedCell(3, 17, random)),
                new Recurrent<>(new MinimalGatedCell(17, 5, random))));
    Tensor3 xs = random.randn(threads, steps, 3);
    List<List<Matrix>> alone = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      alone.add(outputs(layer, xs.sequence(i)));
    }
    CyclicBarrier together = new CyclicBarrier(threads);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<List<Matrix>>> asked = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        MatrixView sequence = xs.sequence(i);
        asked.add(
            pool.submit(
                () -> {
                  together.await();
                  return outputs(layer, sequence);
                }));
      }
      for (int i = 0; i < threads; i++) {
        assertThat(asked.get(i).get()).isEqualTo(alone.get(i));
      }
    } finally {
      pool.shutdownNow();
    }
  }

  /** What a session of its own gives at each step of a sequence (T,D). */
  private static List<Matrix> outputs(RecurrentLayer layer, MatrixView sequence) {
    RecurrentSession session = new RecurrentSession(layer, 1);
    List<Matrix> outputs = new ArrayList<>();
    for (int t = 0; t < sequence.rows(); t++) {
      outputs.add(session.step(sequence.rows(t, 1).copy()));
    }
    return outputs;
  }

  @Test
  void the_first_step_of_an_optimizer_of_ones_own_should_be_its_formula() {
    Parameter p = new Parameter("p", Matrix.of(1, 3, 1, 2, 3));
    p.grad().copyFrom(Matrix.of(1, 3, 0.5, -7, 0));
    Lion lion = new Lion(0.1);
    lion.update(List.of(p));
    assertThat(p.value()).isEqualTo(Matrix.of(1, 3, 1 - 0.1, 2 + 0.1, 3));
    assertThat(lion.state(p).get("m").allClose(Matrix.of(1, 3, 0.005, -0.07, 0), 1e-15)).isTrue();
  }

  @Test
  void a_loss_of_ones_own_should_have_the_gradient_of_its_formula() {
    HuberLoss loss = new HuberLoss();
    Tensor3 ys = random.randn(2, 3, 4);
    Tensor3 ts = random.randn(2, 3, 4);
    new GradientCheck(() -> loss.forward(ys, ts), () -> {})
        .input("ys", ys, loss::backward)
        .run()
        .assertBelow(1e-7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MinimalGatedCell", "Lion", "HuberLoss"})
  void the_page_should_show_the_classes_as_they_are(String name) throws IOException {
    String source = Files.readString(Path.of("src/test/java/org/example/own/" + name + ".java"));
    String shown =
        source
            .lines()
            .skip(2)
            .collect(Collectors.joining("\n"))
            .replace("public final class", "final class")
            .strip();
    assertThat(Files.readString(Path.of("docs/extending.md"))).contains(shown);
  }
}
