package io.github.unroll.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.check.GradientCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Checks every gradient of the library and holds docs/gradients.md to what comes out: the figures
 * are the same on every machine. {@code -Dunroll.write} writes them into the page.
 */
class GradientsPageTest {

  private static final Path PAGE = Path.of("docs/gradients.md");
  private static final String HEAD =
      "| what | setting | entries | worst entry | relative error |\n|---|---|---|---|---|\n";

  @Test
  void every_gradient_should_be_right_and_the_page_should_say_so() throws IOException {
    StringBuilder table = new StringBuilder(HEAD);
    for (GradientCases.Case c : GradientCases.all()) {
      GradientCheck.Report report = c.check().run();
      assertThat(report.overwritten()).as(c.what()).isEmpty();
      GradientCheck.Entry worst = report.worst();
      assertThat(worst.relativeError())
          .as("%s, %s: %s", c.what(), c.setting(), report)
          .isLessThanOrEqualTo(1e-7);
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %d | %s%s | %.1e |%n",
              c.what(),
              c.setting(),
              report.entries(),
              worst.name(),
              worst.index(),
              worst.relativeError()));
    }
    String page = Files.readString(PAGE);
    String rewritten = page.substring(0, page.indexOf(HEAD)) + table.toString().replace("\r", "");
    if (System.getProperty("unroll.write") != null) {
      Files.writeString(PAGE, rewritten);
      return;
    }
    assertThat(page).isEqualTo(rewritten);
  }
}
