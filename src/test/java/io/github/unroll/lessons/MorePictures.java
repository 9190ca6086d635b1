package io.github.unroll.lessons;

import static io.github.unroll.lessons.Pictures.R;
import static io.github.unroll.lessons.Pictures.WIDTH;
import static io.github.unroll.lessons.Pictures.f;
import static io.github.unroll.lessons.Pictures.minus;
import static io.github.unroll.lessons.Pictures.name;
import static io.github.unroll.lessons.Svg.BIG;
import static io.github.unroll.lessons.Svg.BLUE;
import static io.github.unroll.lessons.Svg.GREEN;
import static io.github.unroll.lessons.Svg.GREY;
import static io.github.unroll.lessons.Svg.INK;
import static io.github.unroll.lessons.Svg.PALE;
import static io.github.unroll.lessons.Svg.PALE_BLUE;
import static io.github.unroll.lessons.Svg.PALE_GREEN;
import static io.github.unroll.lessons.Svg.PALE_RED;
import static io.github.unroll.lessons.Svg.RED;
import static io.github.unroll.lessons.Svg.SMALL;

import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.optim.Sgd;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** More pictures of the road: what a weight does, what it gets back, and how it is moved. */
final class MorePictures {

  private MorePictures() {}

  /** {@return its pictures, by the name of the file below docs/learn} */
  static Map<String, Svg> all() {
    Map<String, Svg> all = new LinkedHashMap<>();
    all.put("row-times-column.svg", rowTimesColumn());
    all.put("shared-weight.svg", sharedWeight());
    all.put("one-step-back.svg", oneStepBack());
    all.put("clipping.svg", clipping());
    all.put("embedding.svg", embedding());
    all.put("adam.svg", adam());
    all.put("writer.svg", writer());
    return all;
  }

  private static Svg rowTimesColumn() {
    Matrix x = Matrix.of(2, 2, 1, 2, 3, -1);
    Matrix w = Matrix.of(2, 2, 3, 5, 4, 6);
    Matrix b = Matrix.of(1, 2, 10, 20);
    Matrix product = x.matmul(w);
    Matrix y = product.copy();
    y.addRow(b);
    Svg svg =
        new Svg(
            WIDTH,
            400,
            "A row times a column",
            "The matrix x stands left of the product, w above it. Row 0 of x and column 1 of w meet"
                + " in the product's number in row 0 and column 1: 1 times 5 and 2 times 6, added,"
                + " are 17. With b added it is 37, a number of y.");
    grid(svg, 230, 40, w, (i, j) -> j == 1 ? PALE_RED : PALE);
    grid(svg, 40, 180, x, (i, j) -> i == 0 ? PALE_BLUE : PALE);
    grid(svg, 230, 180, product, (i, j) -> i == 0 && j == 1 ? PALE_GREEN : PALE);
    grid(svg, 400, 200, b, (i, j) -> j == 1 ? PALE_GREEN : PALE);
    grid(svg, 570, 180, y, (i, j) -> i == 0 && j == 1 ? PALE_GREEN : PALE);
    svg.arrow(BLUE, 160, 200, 230, 200).arrow(RED, 320, 120, 320, 180);
    svg.text(375, 227, "middle", BIG, INK, "+").text(545, 227, "middle", BIG, INK, "=");
    name(svg, 190, 72, RED, "w", "(D,H)");
    name(svg, 100, 284, BLUE, "x", "(N,D)");
    name(svg, 290, 284, INK, "x·w", "(N,H)");
    name(svg, 460, 284, INK, "b", "(1,H)");
    name(svg, 630, 284, GREEN, "y", "(N,H)");
    svg.text(400, 80, "start", SMALL, RED, "column 1 of w, from above");
    svg.text(400, 104, "start", SMALL, BLUE, "row 0 of x, from the left");
    svg.text(
        360,
        356,
        "middle",
        BIG,
        INK,
        f(
            "%.0f·%.0f + %.0f·%.0f = %.0f",
            x.get(0, 0), w.get(0, 1), x.get(0, 1), w.get(1, 1), product.get(0, 1)));
    svg.text(
        360,
        382,
        "middle",
        SMALL,
        GREEN,
        f("y[0,1] = %.0f + %.0f = %.0f", product.get(0, 1), b.get(0, 1), y.get(0, 1)));
    return svg;
  }

  /** The fill of a number's box. */
  private interface Fill {
    String at(int i, int j);
  }

  private static void grid(Svg svg, double x, double y, Matrix m, Fill fill) {
    for (int i = 0; i < m.rows(); i++) {
      for (int j = 0; j < m.cols(); j++) {
        svg.box(x + 60 * j, y + 40 * i, 60, 40, fill.at(i, j), minus("%.0f", m.get(i, j)));
      }
    }
  }

  private static Svg sharedWeight() {
    Matrix x = Matrix.of(2, 2, 1, 2, 0.5, -1);
    Matrix dy = Matrix.of(2, 2, 1, -1, 2, 0.5);
    Svg svg =
        new Svg(
            WIDTH,
            330,
            "A weight that two samples use",
            "Left, forward: two arrows leave the weight w[0,1]; one is multiplied by x[0,0] and"
                + " goes to y[0,1], the other by x[1,0] and goes to y[1,1]. Right, backward: from"
                + " dy[0,1] and dy[1,1] an arrow each comes back through the same factor, and their"
                + " sum is dw[0,1].");
    svg.text(170, 36, "middle", BIG, INK, "forward").line(GREY, true, 336, 20, 336, 270);
    svg.text(530, 36, "middle", BIG, RED, "backward");
    svg.arrow(INK, 92, 146, 146, 104).arrow(INK, 92, 174, 146, 216);
    svg.circle(62, 160, 36, PALE_BLUE, "w[0,1]");
    svg.arrow(RED, 512, 104, 478, 148).arrow(RED, 512, 216, 478, 172);
    svg.circle(465, 160, R, PALE, "+").arrow(RED, 465 - R, 160, 420, 160);
    svg.text(414, 166, "end", BIG, RED, "dw[0,1]");
    for (int i = 0; i < 2; i++) {
      double at = i == 0 ? 100 : 220;
      svg.box(146, at - 22, 86, 44, PALE, "· x[" + i + ",0]").arrow(INK, 232, at, 268, at);
      svg.text(272, at + 6, "start", BIG, INK, "y[" + i + ",1]");
      svg.box(512, at - 22, 86, 44, PALE, "· x[" + i + ",0]").arrow(RED, 634, at, 598, at);
      svg.text(640, at + 6, "start", BIG, RED, "dy[" + i + ",1]");
      svg.text(189, at + (i == 0 ? -34 : 46), "middle", SMALL, GREY, "sample " + i);
      svg.text(555, at + (i == 0 ? -34 : 46), "middle", SMALL, GREY, "sample " + i);
    }
    double dw = x.get(0, 0) * dy.get(0, 1) + x.get(1, 0) * dy.get(1, 1);
    svg.text(
        360,
        306,
        "middle",
        BIG,
        RED,
        minus("dw[0,1] = x[0,0]·dy[0,1] + x[1,0]·dy[1,1] = %.2f", dw));
    return svg;
  }

  private static Svg oneStepBack() {
    Svg svg =
        new Svg(
            WIDTH,
            380,
            "Back through one step of an RNN",
            "The picture of the step, with the arrows turned round: dh goes through tanh and"
                + " becomes da. From the sum da goes to b, through the product with wh to wh and"
                + " hPrev, and through the product with wx to wx and x.");
    name(svg, 668, 126, RED, "dh", "(N,H)");
    svg.arrow(RED, 630, 130, 540, 130).box(450, 108, 90, 44, PALE_GREEN, "tanh");
    svg.text(495, 176, "middle", SMALL, GREY, "slope 1 − h²");
    svg.arrow(RED, 450, 130, 360 + R, 130).text(414, 116, "middle", BIG, RED, "da");
    svg.circle(360, 130, R, PALE, "+");
    svg.arrow(RED, 360 - R, 130, 250, 130).box(160, 108, 90, 44, PALE_BLUE, "· wh");
    svg.arrow(RED, 352, 146, 352, 250, 250, 250).box(160, 228, 90, 44, PALE, "· wx");
    svg.arrow(RED, 368, 146, 368, 250, 428, 250);
    svg.arrow(RED, 160, 130, 100, 130).arrow(RED, 160, 250, 100, 250);
    svg.arrow(RED, 205, 108, 205, 66).arrow(RED, 205, 272, 205, 314);
    name(svg, 60, 126, BLUE, "dhPrev", "(N,H)");
    name(svg, 60, 246, INK, "dx", "(N,D)");
    name(svg, 205, 30, INK, "dwh", "(H,H)");
    name(svg, 205, 334, INK, "dwx", "(D,H)");
    name(svg, 462, 246, INK, "db", "(1,H)");
    svg.text(24, 178, "start", SMALL, BLUE, "to the step before");
    svg.text(24, 298, "start", SMALL, INK, "to the layer below");
    return svg;
  }

  private static Svg clipping() {
    Parameter w = new Parameter("w", new Matrix(2, 2));
    Parameter b = new Parameter("b", new Matrix(1, 2));
    w.grad().add(Matrix.of(2, 2, 3, 0, 0, -4));
    b.grad().add(Matrix.of(1, 2, 12, 0));
    double max = 6.5;
    double norm = GradientClipping.globalNorm(List.of(w, b));
    double up = GradientClipping.globalNorm(List.of(w)) / norm;
    double right = GradientClipping.globalNorm(List.of(b)) / norm;
    GradientClipping.byGlobalNorm(max).clip(List.of(w, b));
    double clipped = GradientClipping.globalNorm(List.of(w, b));
    Svg svg =
        new Svg(
            WIDTH,
            340,
            "Clipping",
            "A circle, and two arrows from its middle, one on the other: the gradient ends far"
                + " outside of the circle, the clipped gradient has the same direction and ends at"
                + " the circle.");
    double x = 170;
    double y = 180;
    double unit = 20; // a norm of 1
    svg.circle(x, y, unit * max, PALE_BLUE, "");
    svg.line(GREY, true, x, y, x - 0.5 * unit * max, y + 0.866 * unit * max);
    svg.text(x - 24, y + 76, "start", SMALL, GREY, "max");
    svg.arrow(RED, x, y, x + unit * norm * right, y - unit * norm * up);
    svg.arrow(BLUE, x, y, x + unit * clipped * right, y - unit * clipped * up);
    svg.circle(x, y, 4, INK, "");
    svg.text(x + 60, y + 14, "middle", BIG, BLUE, "clipped");
    svg.text(424, 80, "start", BIG, RED, "gradient");
    svg.text(424, 130, "start", SMALL, RED, f("its norm is %.0f", norm));
    svg.text(424, 170, "start", SMALL, INK, f("times max / norm = %.1f / %.0f", max, norm));
    svg.text(424, 210, "start", SMALL, BLUE, f("has the norm %.1f, which is max", clipped));
    svg.text(424, 270, "start", SMALL, GREY, "A gradient that ends");
    svg.text(424, 292, "start", SMALL, GREY, "in the circle is left alone.");
    return svg;
  }

  private static Svg embedding() {
    int[] ids = {2, 0, 2};
    Matrix w = Matrix.of(4, 2, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8);
    TimeEmbedding layer = new TimeEmbedding(new Parameter("w", w));
    Matrix x = layer.forward(new int[][] {ids}).sequence(0).copy();
    Svg svg =
        new Svg(
            WIDTH,
            300,
            "Word vectors from a table",
            "In the middle a table of four rows. The ids 2, 0 and 2 point at row 2, row 0 and row 2"
                + " of it. From there arrows go to three rows on the right, which are copies.");
    name(svg, 70, 30, INK, "ids", "(N)");
    name(svg, 345, 30, INK, "w", "(V,D)");
    name(svg, 620, 30, INK, "x", "(N,D)");
    String[] colours = {GREEN, INK, BLUE, INK};
    String[] fills = {PALE_GREEN, PALE, PALE_BLUE, PALE};
    for (int k = 0; k < 4; k++) {
      double y = 74 + 48 * k;
      svg.box(250, y, 44, 48, fills[k], "" + k).box(294, y, 146, 48, fills[k], row(w, k));
    }
    for (int n = 0; n < 3; n++) {
      int k = ids[n];
      double y = 96 + 60 * n;
      double middle = 98 + 48 * k + (k == 2 ? 10 * (n - 1) : 0);
      svg.box(46, y - 20, 48, 40, fills[k], "" + k);
      svg.arrow(colours[k], 94, y, 250, middle).arrow(colours[k], 440, middle, 550, y);
      svg.box(550, y - 20, 146, 40, fills[k], row(x, n));
    }
    return svg;
  }

  private static String row(Matrix m, int i) {
    return f("%.2f   %.2f", m.get(i, 0), m.get(i, 1));
  }

  private static Svg adam() {
    Matrix g = Matrix.of(1, 2, 4, 0.004);
    Svg svg =
        new Svg(
            WIDTH,
            290,
            "Adam's steps",
            "The first step of two weights, whose gradients are 4 and 0.004. Left, plain descent:"
                + " one bar is long, the other cannot be seen. Right, Adam: both bars have the same"
                + " length.");
    svg.line(GREY, true, 420, 20, 420, 270);
    steps(svg, 140, RED, "plain descent", "−rate · g", firstStep(new Sgd(0.1), g));
    steps(svg, 470, GREEN, "Adam", "−rate · m̂ / (√v̂ + ε)", firstStep(new Adam(0.1), g));
    svg.text(124, 125, "end", SMALL, INK, "g = 4").text(124, 185, "end", SMALL, INK, "g = 0.004");
    svg.text(140, 254, "start", SMALL, RED, "a thousand times apart");
    svg.text(470, 254, "start", SMALL, GREEN, "alike");
    svg.text(24, 41, "start", SMALL, GREY, "first step")
        .text(24, 63, "start", SMALL, GREY, "rate 0.1");
    return svg;
  }

  private static Matrix firstStep(Optimizer rule, Matrix g) {
    Parameter w = new Parameter("w", new Matrix(1, 2));
    w.grad().add(g);
    rule.update(List.of(w));
    return w.value();
  }

  private static void steps(
      Svg svg, double x, String colour, String name, String rule, Matrix steps) {
    svg.text(x, 41, "start", BIG, colour, name).text(x, 65, "start", SMALL, GREY, rule);
    svg.line(INK, false, x, 86, x, 216);
    for (int j = 0; j < 2; j++) {
      double length = 450 * Math.abs(steps.get(0, j));
      svg.bar(x, 104 + 60 * j, Math.max(1, length), 32, colour);
      svg.text(x + length + 12, 125 + 60 * j, "start", SMALL, INK, minus("%.4f", steps.get(0, j)));
    }
  }

  private static Svg writer() {
    Svg svg =
        new Svg(
            WIDTH,
            510,
            "A network that writes",
            "Three columns, one a step. In each a letter goes up through its vector, the recurrent"
                + " layer, the output layer and the softmax; at the top the next letter is drawn,"
                + " and it is what the next column reads. The state goes from column to column.");
    String[] letters = {"t", "h", "e", "n"};
    svg.text(24, 318, "start", BIG, BLUE, "h0").arrow(BLUE, 24, 328, 90, 328);
    for (int t = 0; t < 3; t++) {
      double x = 90 + 205 * t;
      double middle = x + 60;
      svg.text(middle, 476, "middle", BIG, t == 0 ? INK : GREEN, letters[t]);
      svg.arrow(INK, middle, 456, middle, 430).box(x, 386, 120, 44, PALE, "vector");
      svg.arrow(INK, middle, 386, middle, 354);
      svg.box(x, 302, 120, 52, PALE_BLUE, "recurrent", "layer");
      svg.arrow(BLUE, x + 120, 328, x + 205, 328);
      svg.text(x + 128, 318, "start", SMALL, BLUE, "state");
      svg.arrow(INK, middle, 302, middle, 270).box(x, 226, 120, 44, PALE, "output layer");
      svg.arrow(INK, middle, 226, middle, 194).box(x, 150, 120, 44, PALE_GREEN, "softmax");
      svg.arrow(GREEN, middle, 150, middle, 70);
      svg.text(middle + 10, 116, "start", SMALL, GREY, "draw");
      svg.text(middle, 54, "middle", BIG, GREEN, letters[t + 1]);
      if (t < 2) {
        svg.arrow(GREEN, middle + 20, 48, x + 182, 48, x + 182, 470, x + 245, 470);
      }
    }
    return svg;
  }
}
