package road.stops;

import java.util.List;
import java.util.function.IntFunction;
import road.Stop;

/** Stops of the road: back through a layer, the loss, a step, time; vanishing and exploding. */
public final class Part2 {

  private Part2() {}

  /** {@return the stops, in order; each is told its number} */
  public static List<IntFunction<Stop>> stops() {
    return List.of(
        ThroughLayer::stop, ThroughLoss::stop, ThroughStep::stop, ThroughTime::stop, Growing::stop);
  }
}
