package io.github.unroll.io.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.unroll.Allocation;
import io.github.unroll.cell.CellKind;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.layer.Merge;
import io.github.unroll.model.Input;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.Seq2Seq;
import io.github.unroll.model.Seq2SeqDescription;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.random.RandomState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Any bytes are a model or give an IOException that begins with their name; and the model, written,
 * is read again.
 */
class ModelFuzz {

  private static final long MOST_ALLOCATED = 64L << 20;

  private static final List<byte[]> MODELS = models();

  static { // Jazzer rewrites a class when it is loaded, which is not to be counted
    try {
      for (byte[] model : MODELS) {
        check(model);
      }
      check(new byte[9]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<byte[]> models() {
    RandomState random = new RandomState(1);
    return List.of(
        bytes(
            new SequenceClassifier(
                SequenceDescription.classifier(Input.features(2), 3, 2)
                    .inBothDirections(Merge.CONCATENATE)
                    .withDropout(0.5),
                random),
            Notes.none().withLabels(List.of("no", "yes"))),
        bytes(
            new SequenceRegressor(
                SequenceDescription.regressor(Input.words(2, 2), 3, 2).withCell(CellKind.GRU),
                random),
            Notes.none().with("note", "text")),
        bytes(
            new RnnLanguageModel(
                SequenceDescription.languageModel(2, 3, 3).withLayers(2).withTiedWeights(), random),
            Notes.of(Vocabulary.of(List.of("a", "b")))),
        bytes(new Seq2Seq(new Seq2SeqDescription(2, 2, 3).withAttention(), random), Notes.none()));
  }

  private static byte[] bytes(TrainableModel<?> model, Notes notes) {
    return ModelFile.toBytes(model, notes);
  }

  /** A model of which bytes are overwritten and the end is cut off or made up. */
  @FuzzTest(maxDuration = "60s")
  void bytes(FuzzedDataProvider data) throws Exception {
    byte[] bytes = data.pickValue(MODELS).clone();
    int changes = data.consumeInt(0, 8);
    for (int i = 0; i < changes; i++) {
      bytes[data.consumeInt(0, bytes.length - 1)] = data.consumeByte();
    }
    int length = data.consumeBoolean() ? bytes.length : data.consumeInt(0, bytes.length);
    byte[] more = data.consumeRemainingAsBytes();
    ByteArrayOutputStream made = new ByteArrayOutputStream();
    made.write(bytes, 0, length);
    made.writeBytes(more);
    assertThat(Allocation.of(() -> check(made.toByteArray()))).isLessThan(MOST_ALLOCATED);
    assertThat(Allocation.of(() -> check(more))).isLessThan(MOST_ALLOCATED);
  }

  /** A model whose metadata say something else, such as other sizes or another cell. */
  @FuzzTest(maxDuration = "60s")
  void metadata(FuzzedDataProvider data) throws Exception {
    SafeTensors content = read(data.pickValue(MODELS), "model");
    Map<String, String> metadata = new TreeMap<>(content.metadata());
    Map<String, String> others = read(data.pickValue(MODELS), "others").metadata();
    int changes = data.consumeInt(1, 4);
    for (int i = 0; i < changes; i++) {
      String key = data.pickValue(List.copyOf(metadata.keySet()));
      switch (data.consumeInt(0, 3)) {
        case 0 -> metadata.put(key, Integer.toString(data.consumeInt()));
        case 1 -> metadata.put(key, data.consumeAsciiString(40));
        case 2 -> metadata.put(key, others.getOrDefault(key, ""));
        default -> metadata.remove(key);
      }
      if (metadata.isEmpty()) {
        break;
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new SafeTensors(content.tensors(), metadata).write(out);
    assertThat(Allocation.of(() -> check(out.toByteArray()))).isLessThan(MOST_ALLOCATED);
  }

  private static SafeTensors read(byte[] bytes, String name) throws IOException {
    return SafeTensors.read(new ByteArrayInputStream(bytes), name);
  }

  private static void check(byte[] bytes) throws IOException {
    SavedModel<TrainableModel<?>> saved;
    try {
      saved = ModelFile.read(new ByteArrayInputStream(bytes), "fuzz");
    } catch (IOException e) {
      assertThat(e).hasMessageStartingWith("fuzz: ");
      return;
    }
    byte[] written = ModelFile.toBytes(saved.model(), saved.notes());
    SavedModel<TrainableModel<?>> copy =
        ModelFile.read(new ByteArrayInputStream(written), "written");
    assertThat(ModelFile.toBytes(copy.model(), copy.notes())).isEqualTo(written);
  }
}
