package io.github.unroll.io.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.unroll.Allocation;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.arrays.ArrayFile;
import io.github.unroll.io.foreign.KerasWeights;
import io.github.unroll.io.keras.KerasCases.Case;
import io.github.unroll.layer.Bidirectional;
import io.github.unroll.layer.Merge;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files that Keras wrote, and files that are wrong: each is run with Keras' answers, or refused.
 */
class KerasModelGoldenTest {

  private static final long ALWAYS = 4 << 20; // bytes that a reading may allocate
  private static final int TIMES = 60; // the file's size

  static Stream<Case> all() throws IOException {
    return KerasCases.all();
  }

  static Stream<Case> models() throws IOException {
    return all().filter(c -> !c.isWeightsOnly());
  }

  static Stream<Case> withWeights() throws IOException {
    return all().filter(c -> c.hasData() && c.expect().equals("load"));
  }

  @ParameterizedTest
  @MethodSource("models")
  void should_answer_as_keras_does_or_refuse(Case c) throws IOException {
    List<String> before = around();
    KerasModel model = null;
    Throwable refusal = null;
    try {
      model = KerasModel.read(c.file());
    } catch (IOException e) {
      refusal = e;
    }
    if (c.expect().equals("load")) {
      assertThat(refusal).isNull();
    }
    if (refusal != null) {
      c.assertRefusal(refusal);
    } else if (!c.expect().equals("any")) {
      assertThat(c.expect()).isNotEqualTo("refuse");
      if (c.hasData()) {
        assertAnswers(c, model);
      }
    }
    assertThat(around()).isEqualTo(before);
  }

  private static void assertAnswers(Case c, KerasModel model) throws IOException {
    Map<String, StoredArray> data = c.data();
    String x = data.containsKey("input.x") ? "x" : "0";
    String y = data.containsKey("input.x") ? "y" : "0";
    assertAnswer(c, model, data.get("input." + x), data.get("output." + y));
    for (int call = 2; data.containsKey("input.x.call" + call); call++) {
      assertAnswer(c, model, data.get("input.x.call" + call), data.get("output.y.call" + call));
    }
    model.reset();
    assertAnswer(c, model, data.get("input." + x), data.get("output." + y));
    assertThat(model.toString()).contains("parameters").endsWith("\n");
  }

  private static void assertAnswer(Case c, KerasModel model, StoredArray x, StoredArray y) {
    StoredArray got =
        x.elementType() == ElementType.INT64
            ? model.predict(KerasCases.ids(x))
            : model.predict(x.tensor3());
    KerasCases.assertClose(got, y, c.tolerance());
  }

  /** What lies around: nothing may be written. */
  private static List<String> around() throws IOException {
    List<String> names = new ArrayList<>();
    for (Path folder : List.of(Path.of("."), Path.of(".."), Path.of("../.."), KerasCases.FOLDER)) {
      try (Stream<Path> files = Files.list(folder)) {
        files.map(Path::toString).filter(name -> name.contains("HOSTILE")).forEach(names::add);
      }
    }
    try (Stream<Path> files = Files.list(KerasCases.FOLDER)) {
      files.map(Path::toString).sorted().forEach(names::add);
    }
    return names;
  }

  /** Of what a reader may load or refuse: what is refused. */
  @Test
  void should_load_all_that_may_be_loaded_but_states_as_outputs() throws IOException {
    List<String> refused = new ArrayList<>();
    for (Case c : models().filter(c -> c.expect().equals("load_or_refuse")).toList()) {
      try {
        KerasModel.read(c.file());
      } catch (IOException e) {
        refused.add(c.name());
      }
    }
    assertThat(refused).containsExactly("functional_return_state.keras");
  }

  @ParameterizedTest
  @MethodSource("all")
  void should_allocate_little(Case c) throws Exception {
    long size = Files.size(c.file());
    Allocation.Code read =
        () -> {
          for (Reading reading :
              List.<Reading>of(KerasModel::read, KerasWeights::read, ArrayFile::list)) {
            assertThat(outcome(reading, c.file())).isNotNull();
          }
        };
    read.run(); // what a JVM allocates to load classes is not the file's
    assertThat(Allocation.of(read)).isLessThan(ALWAYS + TIMES * size);
  }

  private interface Reading {
    Object of(Path file) throws IOException;
  }

  private static Object outcome(Reading reading, Path file) {
    try {
      return reading.of(file);
    } catch (IOException e) {
      return e;
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void should_read_the_weights_or_refuse(Case c) throws IOException {
    Throwable refusal = catchThrowable(() -> KerasWeights.read(c.file()));
    if (refusal != null) {
      assertThat(refusal)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(c.file().toString() + ": ");
      assertThat(c.expect()).isNotEqualTo("load");
    }
  }

  @ParameterizedTest
  @MethodSource("withWeights")
  void should_read_the_weights_as_get_weights_gives_them(Case c) throws IOException {
    Map<String, StoredArray> got = KerasWeights.read(c.file()).tensors();
    int found = 0;
    for (Map.Entry<String, StoredArray> want : c.data().entrySet()) {
      if (want.getKey().startsWith("weight.")) {
        StoredArray weight = got.get(want.getKey().substring("weight.".length()));
        assertThat(weight.to(ElementType.FLOAT64)).isEqualTo(want.getValue());
        found++;
      }
    }
    assertThat(found == 0 || found == got.size()).isTrue();
  }

  static Stream<Case> weightsAlone() throws IOException {
    return all().filter(Case::isWeightsOnly);
  }

  /** Weights without an architecture, put into layers of which one knows what they are. */
  @ParameterizedTest
  @MethodSource("weightsAlone")
  void should_fill_layers_with_weights_alone(Case c) throws IOException {
    assertThat(catchThrowable(() -> KerasModel.read(c.file())))
        .hasMessageContaining("weights without an architecture");
    KerasWeights weights = KerasWeights.read(c.file());
    Map<String, StoredArray> data = c.data();
    boolean words = weights.tensors().containsKey("embedding.0");
    Tensor3 xs =
        words
            ? weights.embedding("embedding.").forward(KerasCases.ids(data.get("input.x")))
            : data.get("input.x").tensor3();
    StoredArray want = data.get("output.y");
    RecurrentLayer layer = layer(weights);
    Tensor3 hs = layer.forward(xs);
    Tensor3 ys = hs;
    if (want.shape().length == 2) {
      Matrix h = layer.finalState().h();
      if (layer instanceof Bidirectional) {
        Matrix both = new Matrix(h.rows(), 2 * h.cols());
        Matrix back = layer.finalState().matrices().get(2);
        Merge.CONCATENATE.merge(h, back, both);
        h = both;
      }
      ys = Tensor3.of(h.rows(), 1, h.cols(), h.data());
    }
    if (weights.tensors().containsKey("dense.0")) {
      ys = weights.dense("dense.").forward(ys);
      ys.asRows().softmaxRows();
    }
    weights.requireNoneLeft();
    KerasCases.assertClose(
        StoredArray.ofDoubles(ElementType.FLOAT64, want.shape(), ys.data()), want, c.tolerance());
  }

  private static RecurrentLayer layer(KerasWeights weights) {
    String name =
        weights.tensors().keySet().stream()
            .map(key -> key.substring(0, key.indexOf('.') + 1))
            .filter(prefix -> !List.of("embedding.", "dense.").contains(prefix))
            .findFirst()
            .orElseThrow();
    return name.startsWith("gru") ? weights.gru(name, false) : weights.lstm(name);
  }
}
