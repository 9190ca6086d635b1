package road.stops;

import java.util.List;
import java.util.function.IntFunction;
import road.Stop;

/** Stops of the road: matrices, a step, a sequence, the loss, the central difference. */
public final class Part1 {

  private Part1() {}

  /** {@return the stops, in order; each is told its number} */
  public static List<IntFunction<Stop>> stops() {
    return List.of(
        AffineForward::stop,
        RnnForward::stop,
        UnrolledForward::stop,
        SoftmaxLossForward::stop,
        CentralDifference::stop);
  }
}
