package road;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import road.stops.AffineForward;
import road.stops.RnnForward;

/** All stops, in the order in which they are walked. */
public final class Road {

  private static final List<IntFunction<Stop>> ORDER =
      List.of(AffineForward::stop, RnnForward::stop);

  private Road() {}

  /** {@return the stops, numbered from 1} */
  public static List<Stop> stops() {
    List<Stop> stops = new ArrayList<>();
    for (IntFunction<Stop> stop : ORDER) {
      stops.add(stop.apply(stops.size() + 1));
    }
    return stops;
  }
}
