package road.stops;

import java.util.List;
import java.util.function.IntFunction;
import road.Stop;

/** Stops of the road: clipping, truncation, word vectors, Adam, a text. */
public final class Part3 {

  private Part3() {}

  /** {@return the stops, in order; each is told its number} */
  public static List<IntFunction<Stop>> stops() {
    return List.of(
        ClippingNorm::stop,
        TruncatedBlocks::stop,
        EmbeddingRows::stop,
        AdamSteps::stop,
        WriterSteps::stop);
  }
}
