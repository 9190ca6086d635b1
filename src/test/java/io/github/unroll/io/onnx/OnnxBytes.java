package io.github.unroll.io.onnx;

import io.github.unroll.tensor.Matrix;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes messages of protocol buffers, and of them small ONNX models. */
final class OnnxBytes {

  static final int FLOAT = 1;
  static final int INT64 = 7;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  byte[] toBytes() {
    return out.toByteArray();
  }

  OnnxBytes number(int field, long value) {
    varint((long) field << 3);
    varint(value);
    return this;
  }

  OnnxBytes real(int field, float value) {
    varint(((long) field << 3) | 5);
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
    return this;
  }

  OnnxBytes bytes(int field, byte... value) {
    varint(((long) field << 3) | 2);
    varint(value.length);
    out.writeBytes(value);
    return this;
  }

  OnnxBytes text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  OnnxBytes part(int field, OnnxBytes part) {
    return bytes(field, part.toBytes());
  }

  private void varint(long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      out.write((int) ((left & 0x7f) | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }

  // ---- models ----

  /** A model of a graph. */
  static OnnxBytes model(int opset, OnnxBytes graph) {
    return new OnnxBytes()
        .number(1, 8)
        .part(7, graph)
        .part(8, new OnnxBytes().text(1, "").number(2, opset));
  }

  /** Adds a node, with attributes that are ready. */
  OnnxBytes node(String operator, List<String> in, List<String> out, OnnxBytes... attributes) {
    OnnxBytes node = new OnnxBytes();
    in.forEach(name -> node.text(1, name));
    out.forEach(name -> node.text(2, name));
    node.text(3, "the " + operator).text(4, operator);
    for (OnnxBytes attribute : attributes) {
      node.part(5, attribute);
    }
    return part(1, node);
  }

  static OnnxBytes attribute(String name, long value) {
    return new OnnxBytes().text(1, name).number(3, value).number(20, 2);
  }

  static OnnxBytes attribute(String name, long... values) {
    OnnxBytes attribute = new OnnxBytes().text(1, name).number(20, 7);
    for (long value : values) {
      attribute.number(8, value);
    }
    return attribute;
  }

  OnnxBytes input(String name, int type, long... shape) {
    return part(11, value(name, type, shape));
  }

  OnnxBytes output(String name) {
    return part(12, value(name, FLOAT, -1));
  }

  private static OnnxBytes value(String name, int type, long... sizes) {
    OnnxBytes shape = new OnnxBytes();
    for (long size : sizes) {
      shape.part(1, size < 0 ? new OnnxBytes().text(2, "any") : new OnnxBytes().number(1, size));
    }
    OnnxBytes tensor = new OnnxBytes().number(1, type);
    if (sizes.length != 1 || sizes[0] >= 0) {
      tensor.part(2, shape);
    }
    return new OnnxBytes().text(1, name).part(2, new OnnxBytes().part(1, tensor));
  }

  OnnxBytes constant(OnnxBytes tensor) {
    return part(5, tensor);
  }

  static OnnxBytes integers(String name, long... values) {
    OnnxBytes tensor = new OnnxBytes().number(1, values.length).number(2, INT64).text(8, name);
    for (long value : values) {
      tensor.number(7, value);
    }
    return tensor;
  }

  /** A single integer, without axes. */
  static OnnxBytes integer(String name, long value) {
    return new OnnxBytes().number(2, INT64).text(8, name).number(7, value);
  }

  /** A matrix as floats, of which some axes are put before. */
  static OnnxBytes reals(String name, Matrix matrix, int... before) {
    OnnxBytes tensor = new OnnxBytes().number(2, FLOAT).text(8, name);
    int rows = matrix.rows();
    for (int dim : before) {
      tensor.number(1, dim);
      rows /= dim;
    }
    tensor.number(1, rows).number(1, matrix.cols());
    ByteBuffer bytes = ByteBuffer.allocate(4 * matrix.data().length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : matrix.data()) {
      bytes.putFloat((float) value);
    }
    return tensor.bytes(9, bytes.array());
  }

  /** A tensor of floats that are zeros, but for the first. */
  static OnnxBytes reals(String name, float first, int... shape) {
    OnnxBytes tensor = new OnnxBytes().number(2, FLOAT).text(8, name);
    int size = 1;
    for (int dim : shape) {
      tensor.number(1, dim);
      size *= dim;
    }
    return tensor.bytes(
        9, ByteBuffer.allocate(4 * size).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, first).array());
  }
}
