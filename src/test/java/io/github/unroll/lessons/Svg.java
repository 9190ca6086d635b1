package io.github.unroll.lessons;

import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A small drawing of boxes, circles, arrows and text, as SVG. It has a background of its own, so
 * that it reads on a dark page too, and it knows where its letters are: {@link #problems} tells
 * what covers them.
 */
final class Svg {

  static final String INK = "#1f2328";
  static final String GREY = "#6e7781";
  static final String BLUE = "#0b5cad";
  static final String RED = "#b42318";
  static final String GREEN = "#1a7f37";
  static final String PALE = "#f1f3f5";
  static final String PALE_BLUE = "#dfecfa";
  static final String PALE_RED = "#fbe4e0";
  static final String PALE_GREEN = "#dff3e3";

  /** Sizes of letters, in units of a picture that is 720 wide. */
  static final int BIG = 18;

  static final int SMALL = 15;

  private static final double HEAD = 11; // length of the head of an arrow
  private static final double NEAR = 1; // between letters and anything else

  private final int width;
  private final int height;
  private final StringBuilder body = new StringBuilder();
  private final List<Words> words = new ArrayList<>();
  private final List<Stroke> strokes = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private record Words(String text, Rectangle2D where) {}

  private record Stroke(String what, Line2D line) {}

  /**
   * An empty picture.
   *
   * @param title a few words
   * @param description what is seen, for whoever does not see it
   */
  Svg(int width, int height, String title, String description) {
    this.width = width;
    this.height = height;
    add("<title>%s</title>", escaped(title));
    add("<desc>%s</desc>", escaped(description));
    add(
        "<rect x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#ffffff\""
            + " stroke=\"#d0d7de\"/>",
        width - 1, height - 1);
  }

  /** A box with lines of text in its middle. */
  Svg box(double x, double y, double w, double h, String fill, String... lines) {
    return box(x, y, w, h, fill, INK, SMALL, lines);
  }

  /** A box with lines of text of some colour and size in its middle. */
  Svg box(
      double x,
      double y,
      double w,
      double h,
      String fill,
      String colour,
      int size,
      String... lines) {
    add(
        "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"5\" fill=\"%s\" stroke=\"%s\""
            + " stroke-width=\"1.5\"/>",
        n(x), n(y), n(w), n(h), fill, colour);
    inside(new Rectangle2D.Double(x, y, w, h), colour, size, lines);
    edges(x, y, w, h);
    return this;
  }

  private void edges(double x, double y, double w, double h) {
    stroke("the edge of a box", x, y, x + w, y);
    stroke("the edge of a box", x, y + h, x + w, y + h);
    stroke("the edge of a box", x, y, x, y + h);
    stroke("the edge of a box", x + w, y, x + w, y + h);
  }

  /** A circle with a sign in its middle. */
  Svg circle(double cx, double cy, double r, String fill, String text) {
    add(
        "<circle cx=\"%s\" cy=\"%s\" r=\"%s\" fill=\"%s\" stroke=\"%s\" stroke-width=\"1.5\"/>",
        n(cx), n(cy), n(r), fill, INK);
    if (!text.isEmpty()) {
      inside(new Rectangle2D.Double(cx - r, cy - r, 2 * r, 2 * r), INK, BIG, text);
    }
    return this;
  }

  private void inside(Rectangle2D room, String colour, int size, String... lines) {
    double leading = 1.25 * size;
    double y = room.getCenterY() + 0.35 * size - leading * (lines.length - 1) / 2;
    for (String line : lines) {
      text(room.getCenterX(), y, "middle", size, colour, line);
      if (widthOf(line, size) > room.getWidth() - 4) {
        problems.add("\"" + line + "\" is wider than its box");
      }
      y += leading;
    }
  }

  /** Text in ink, from x to the right. */
  Svg text(double x, double y, int size, String text) {
    return text(x, y, "start", size, INK, text);
  }

  /**
   * Text.
   *
   * @param y its base line
   * @param anchor start, middle or end: what stands at x
   */
  Svg text(double x, double y, String anchor, int size, String colour, String text) {
    add(
        "<text x=\"%s\" y=\"%s\" font-size=\"%d\" text-anchor=\"%s\" fill=\"%s\">%s</text>",
        n(x), n(y), size, anchor, colour, escaped(text));
    double w = widthOf(text, size);
    double left = anchor.equals("start") ? x : anchor.equals("middle") ? x - w / 2 : x - w;
    words.add(new Words(text, new Rectangle2D.Double(left, y - 0.75 * size, w, 0.95 * size)));
    return this;
  }

  /** An arrow through points x, y, x, y. */
  Svg arrow(String colour, double... points) {
    int end = points.length - 2;
    double dx = points[end] - points[end - 2];
    double dy = points[end + 1] - points[end - 1];
    double length = Math.hypot(dx, dy);
    if (length < HEAD) {
      problems.add("an arrow's last piece is shorter than its head");
    }
    dx /= length;
    dy /= length;
    double x = points[end];
    double y = points[end + 1];
    double[] shaft = points.clone();
    shaft[end] = x - HEAD * dx;
    shaft[end + 1] = y - HEAD * dy;
    line(colour, false, shaft);
    stroke("an arrow", shaft[end], shaft[end + 1], x, y);
    double half = HEAD / 2.2;
    add(
        "<polygon points=\"%s,%s %s,%s %s,%s\" fill=\"%s\"/>",
        n(x),
        n(y),
        n(shaft[end] - half * dy),
        n(shaft[end + 1] + half * dx),
        n(shaft[end] + half * dy),
        n(shaft[end + 1] - half * dx),
        colour);
    return this;
  }

  /** A line through points x, y, x, y. */
  Svg line(String colour, boolean dashed, double... points) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < points.length; i += 2) {
      all.append(i == 0 ? "" : " ").append(n(points[i])).append(',').append(n(points[i + 1]));
      if (i > 0) {
        stroke("a line", points[i - 2], points[i - 1], points[i], points[i + 1]);
      }
    }
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>",
        all, colour, dashed ? " stroke-dasharray=\"6 4\"" : "");
    return this;
  }

  /** A filled bar, without text or edge. */
  Svg bar(double x, double y, double w, double h, String fill) {
    add(
        "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\"/>",
        n(x), n(y), n(w), n(h), fill);
    edges(x, y, w, h);
    return this;
  }

  /** {@return what cannot be read: text over the edge, over text, under a line} */
  List<String> problems() {
    List<String> all = new ArrayList<>(problems);
    Rectangle2D page = new Rectangle2D.Double(4, 4, width - 8, height - 8);
    for (int i = 0; i < words.size(); i++) {
      Words w = words.get(i);
      if (!page.contains(w.where)) {
        all.add("\"" + w.text + "\" leaves the page");
      }
      for (Words other : words.subList(0, i)) {
        if (w.where.intersects(other.where)) {
          all.add("\"" + w.text + "\" covers \"" + other.text + "\"");
        }
      }
      Rectangle2D letters =
          new Rectangle2D.Double(
              w.where.getX() - NEAR,
              w.where.getY() - NEAR,
              w.where.getWidth() + 2 * NEAR,
              w.where.getHeight() + 2 * NEAR);
      for (Stroke stroke : strokes) {
        if (stroke.line.intersects(letters)) {
          all.add(stroke.what + " goes through \"" + w.text + "\"");
        }
      }
    }
    return all;
  }

  private void stroke(String what, double x1, double y1, double x2, double y2) {
    strokes.add(new Stroke(what, new Line2D.Double(x1, y1, x2, y2)));
  }

  /** About as wide as in a wide typeface, DejaVu Sans; others need less. */
  private static double widthOf(String text, int size) {
    double em = 0;
    for (char c : text.toCharArray()) {
      if ("ijl.,:;'|![]()ft -·".indexOf(c) >= 0) {
        em += 0.38;
      } else if ("mwMW=+−".indexOf(c) >= 0) {
        em += 0.9;
      } else if (c == '\u0302') {
        em += 0;
      } else {
        em += Character.isUpperCase(c) ? 0.72 : 0.62;
      }
    }
    return em * size;
  }

  private void add(String format, Object... values) {
    body.append("  ").append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  /** A number with one place, or none. */
  private static String n(double value) {
    double rounded = Math.rint(10 * value) / 10;
    return rounded == Math.rint(rounded)
        ? String.format(Locale.ROOT, "%d", (long) rounded)
        : String.format(Locale.ROOT, "%.1f", rounded);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("  ", "\u00a0 "); // two blanks stay two
  }

  @Override
  public String toString() {
    return String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                    + " viewBox=\"0 0 %d %d\" role=\"img\""
                    + " font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\">%n",
                width,
                height,
                width,
                height)
            .replace("\r\n", "\n")
        + body
        + "</svg>\n";
  }
}
