package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.pages.Page;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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
  void a_page_of_the_road_should_only_show_pictures_that_there_are() {
    assertThat(shown(road())).isSubsetOf(names());
  }

  @Test
  void every_picture_should_be_shown_on_a_page() {
    List<Page> pages = new ArrayList<>(road());
    pages.addAll(Page.all());

    assertThat(shown(pages)).containsAll(names());
  }

  private static List<Page> road() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<Path> pages = files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
      List<Page> road = new ArrayList<>();
      for (Path page : pages) {
        road.add(new Page(page, Files.readString(page)));
      }
      return road;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of the pictures that pages link to; with their folder, if it is another one. */
  private static Set<String> shown(List<Page> pages) {
    return pages.stream()
        .flatMap(page -> page.links().stream())
        .map(Page.Link::target)
        .filter(target -> target.toString().endsWith(".svg"))
        .map(target -> FOLDER.relativize(target).toString())
        .collect(Collectors.toSet());
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
