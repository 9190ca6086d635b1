package road;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import road.stops.Part1;
import road.stops.Part2;
import road.stops.Part3;
import road.stops.Part4;
import road.stops.Part5;

/** All stops, in the order in which they are walked. */
public final class Road {

  private Road() {}

  /** {@return the stops, numbered from 1} */
  public static List<Stop> stops() {
    List<IntFunction<Stop>> order =
        Stream.of(Part1.stops(), Part2.stops(), Part3.stops(), Part4.stops(), Part5.stops())
            .flatMap(List::stream)
            .toList();
    List<Stop> stops = new ArrayList<>();
    for (IntFunction<Stop> stop : order) {
      stops.add(stop.apply(stops.size() + 1));
    }
    return stops;
  }
}
