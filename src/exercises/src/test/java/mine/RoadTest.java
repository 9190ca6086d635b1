package mine;

import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import road.Judge;
import road.Road;
import road.Stop;
import road.Verdict;

/** The stops of the road, red until they are solved. */
class RoadTest {

  private static final Path ANSWERS =
      Path.of(System.getProperty("road.answers", "src/main/java"));

  static java.util.List<Stop> stops() {
    return Road.stops();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stops")
  void stop(Stop stop) {
    Verdict verdict = new Judge(ANSWERS).judge(stop);
    if (verdict.kind() == Verdict.Kind.OPEN) {
      fail("not written yet. Read docs/learn/" + stop.lesson() + ", then open " + stop.file());
    }
    if (!verdict.isRight()) {
      fail(verdict.text());
    }
  }
}
