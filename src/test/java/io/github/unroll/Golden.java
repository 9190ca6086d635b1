package io.github.unroll;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.StreamSupport;

/** One case of golden figures: arrays by name, as src/test/resources/golden/README.md tells. */
public final class Golden {

  private static final double TOLERANCE = 1e-12;

  private final String name;
  private final JsonNode arrays;

  private Golden(String name, JsonNode arrays) {
    this.name = name;
    this.arrays = arrays;
  }

  public static Golden load(String name) {
    return new Golden(name, json(name).get("arrays"));
  }

  public static JsonNode json(String name) {
    try (InputStream in = Golden.class.getResourceAsStream("/golden/" + name + ".json")) {
      return new ObjectMapper().readTree(Objects.requireNonNull(in, name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A matrix; one axis is a row, as a bias is here. */
  public Matrix matrix(String key) {
    int[] shape = shape(key);
    return Matrix.of(shape.length == 1 ? 1 : shape[0], shape[shape.length - 1], values(key));
  }

  public Tensor3 tensor(String key) {
    int[] shape = shape(key);
    return Tensor3.of(shape[0], shape[1], shape[2], values(key));
  }

  public double scalar(String key) {
    return values(key)[0];
  }

  public double[] values(String key) {
    return leaves(array(key).get("data")).toArray();
  }

  public int[] ints(String key) {
    return Arrays.stream(values(key)).mapToInt(v -> (int) v).toArray();
  }

  /** Ids or labels (N,T); those of several batches one after the other. */
  public int[][] ids(String key) {
    int[] flat = ints(key);
    int[] shape = shape(key);
    int cols = shape[shape.length - 1];
    int[][] rows = new int[flat.length / cols][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * cols, (i + 1) * cols));
    return rows;
  }

  public void assertMatches(String key, Matrix got) {
    Matrix want = matrix(key);
    assertThat(got.shape()).as(name + " " + key).isEqualTo(want.shape());
    assertMatches(key, got.data());
  }

  public void assertMatches(String key, Tensor3 got) {
    assertThat(got.shape()).as(name + " " + key).isEqualTo(tensor(key).shape());
    assertMatches(key, got.data());
  }

  public void assertMatches(String key, double... got) {
    double[] want = values(key);
    assertThat(got).as(name + " " + key).hasSameSizeAs(want);
    for (int i = 0; i < want.length; i++) {
      double difference = Math.abs(got[i] - want[i]);
      assertThat(difference)
          .as("%s %s[%d]: got %s, want %s", name, key, i, got[i], want[i])
          .isLessThanOrEqualTo(TOLERANCE * Math.max(1, Math.abs(want[i])));
    }
  }

  public boolean has(String key) {
    return arrays.has(key);
  }

  private int[] shape(String key) {
    return leaves(array(key).get("shape")).mapToInt(v -> (int) v).toArray();
  }

  private JsonNode array(String key) {
    return Objects.requireNonNull(arrays.get(key), () -> name + " has no " + key);
  }

  private static DoubleStream leaves(JsonNode node) {
    if (node.isArray()) {
      return StreamSupport.stream(node.spliterator(), false).flatMapToDouble(Golden::leaves);
    }
    return DoubleStream.of(node.doubleValue());
  }
}
