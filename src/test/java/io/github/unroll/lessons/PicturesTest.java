package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pictures below docs/learn are those that are drawn here; -Dunroll.write writes them. */
class PicturesTest {

  private static final Path FOLDER = Path.of("docs/learn");

  static Set<String> names() {
    return Pictures.all().keySet();
  }

  @ParameterizedTest
  @MethodSource("names")
  void a_picture_should_be_as_it_is_drawn(String name) throws IOException {
    String drawn = Pictures.all().get(name).toString();
    Path file = FOLDER.resolve(name);
    if (System.getProperty("unroll.write") != null) {
      Files.writeString(file, drawn);
    }

    assertThat(Files.readString(file)).isEqualTo(drawn);
  }

  @ParameterizedTest
  @MethodSource("names")
  void nothing_should_cover_its_letters(String name) {
    assertThat(Pictures.all().get(name).problems()).isEmpty();
  }

  @Test
  void every_picture_should_be_drawn_here() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(name -> name.endsWith(".svg"))
          .containsExactlyInAnyOrderElementsOf(names());
    }
  }

  @Test
  void what_covers_letters_should_be_told() {
    Svg svg = new Svg(200, 100, "title", "description");
    svg.text(20, 50, 16, "one").text(30, 52, 16, "two").text(190, 90, 16, "outside");
    svg.arrow(Svg.INK, 10, 20, 190, 20).text(100, 24, 16, "under");
    svg.box(5, 60, 40, 30, Svg.PALE, "much too wide");

    assertThat(svg.problems())
        .containsAll(
            List.of(
                "\"two\" covers \"one\"",
                "\"outside\" leaves the page",
                "a line goes through \"under\"",
                "\"much too wide\" is wider than its box"));
  }
}
