package io.github.unroll.io.bytes;

import java.io.EOFException;
import java.util.Locale;

/** Thrown if there are fewer bytes than promised. */
public final class CutOffException extends EOFException {

  private static final long serialVersionUID = 1;

  private final long found;

  CutOffException(long found, long wanted) {
    super(String.format(Locale.ROOT, "ends after %d of %d bytes", found, wanted));
    this.found = found;
  }

  /** {@return the number of bytes that there were} */
  public long found() {
    return found;
  }
}
