package io.github.unroll.examples.spark;

import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.io.checkpoint.Notes;
import io.github.unroll.model.SequenceClassifier;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;

/** A classifier that is sent as bytes; each process makes it of them once, for all its tasks. */
public final class SharedModel implements Serializable {

  private static final long serialVersionUID = 1;

  private final byte[] bytes;
  private transient SequenceClassifier model;

  /**
   * A model to be broadcast.
   *
   * @param model copied
   */
  public SharedModel(SequenceClassifier model) {
    this.bytes = ModelFile.toBytes(model, Notes.none());
  }

  /**
   * {@return the model of this process, only to be read}
   *
   * @throws IOException if the bytes are no model of this version of the library
   */
  public synchronized SequenceClassifier model() throws IOException {
    if (model == null) {
      model =
          ModelFile.read(
                  new ByteArrayInputStream(bytes), "the broadcast model", SequenceClassifier.class)
              .model();
    }
    return model;
  }
}
