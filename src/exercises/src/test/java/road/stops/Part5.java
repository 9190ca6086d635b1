package road.stops;

import java.util.List;
import java.util.function.IntFunction;
import road.Stop;

/** Stops of the road: streaming and attention. */
public final class Part5 {

  private Part5() {}

  /** {@return the stops, in order; each is told its number} */
  public static List<IntFunction<Stop>> stops() {
    return List.of(StreamingSession::stop, AttentionBothWays::stop);
  }
}
