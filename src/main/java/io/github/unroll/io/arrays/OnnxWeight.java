package io.github.unroll.io.arrays;

import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.onnx.file.OnnxTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * One array of a .onnx file, of which the values are not read before they are asked for.
 *
 * @param tensor the tensor; null if it is none, or not a constant
 * @param transposed whether its axes are in the reverse order
 * @param unread why it is not to be read; empty if it is
 * @param option an option of the node in the place of a tensor; null if it is none
 */
record OnnxWeight(OnnxTensor tensor, boolean transposed, String unread, StoredArray option) {

  static OnnxWeight of(OnnxTensor tensor) {
    return new OnnxWeight(tensor, false, "", null);
  }

  /** The array; those of tensors that were read before are among the known ones. */
  StoredArray array(Map<OnnxTensor, StoredArray> known) throws IOException {
    if (option != null) {
      return option;
    }
    if (!unread.isEmpty()) {
      return tensor == null
          ? StoredArray.unread("", null, unread)
          : StoredArray.unread(tensor.typeName(), tensor.shape(), unread);
    }
    if (!known.containsKey(tensor)) {
      known.put(tensor, tensor.array());
    }
    StoredArray array = known.get(tensor);
    return transposed && array.isReadable() ? array.transposed() : array;
  }

  FileListing.Entry entry(String name) {
    if (option != null) {
      return new FileListing.Entry(name, option.typeName(), List.of());
    }
    if (tensor == null) {
      return new FileListing.Entry(name, "", List.of(), unread);
    }
    List<Long> shape = new ArrayList<>();
    for (long size : tensor.shape()) {
      shape.add(size);
    }
    if (transposed) {
      Collections.reverse(shape);
    }
    String why = unread.isEmpty() ? tensor.unread() : unread;
    return new FileListing.Entry(name, tensor.typeName(), shape, why);
  }
}
