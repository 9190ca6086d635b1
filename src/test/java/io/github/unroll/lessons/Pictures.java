package io.github.unroll.lessons;

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

import io.github.unroll.layer.TimeAttention;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** The pictures of the road's pages. What they show as numbers is computed here. */
final class Pictures {

  static final int WIDTH = 720;
  static final double R = 18; // of a circle with a sign

  private Pictures() {}

  /** {@return all pictures, by the name of the file below docs/learn} */
  static Map<String, Svg> all() {
    Map<String, Svg> all = new LinkedHashMap<>();
    all.put("one-step.svg", oneStep());
    all.put("unrolling.svg", unrolling());
    all.put("two-routes.svg", twoRoutes());
    all.put("block-edge.svg", blockEdge());
    all.put("lstm-cell.svg", lstmCell());
    all.put("gru-resets.svg", gruResets());
    all.put("time-major.svg", timeMajor());
    all.put("softmax.svg", softmax());
    all.put("central-difference.svg", centralDifference());
    all.put("growth.svg", growth());
    all.put("streaming.svg", streaming());
    all.put("attention.svg", attention());
    all.putAll(MorePictures.all());
    return all;
  }

  private static Svg oneStep() {
    Svg svg =
        new Svg(
            WIDTH,
            260,
            "One step of an RNN",
            "hPrev times wh and x times wx are added to the bias b; the sum a goes through tanh and"
                + " becomes h, which is the output and the next step's hPrev.");
    name(svg, 62, 76, BLUE, "hPrev", "(N,H)");
    svg.arrow(BLUE, 100, 80, 160, 80).box(160, 58, 90, 44, PALE_BLUE, "· wh");
    svg.arrow(BLUE, 250, 80, 360 - R, 80);
    name(svg, 62, 196, INK, "x", "(N,D)");
    svg.arrow(INK, 100, 200, 160, 200).box(160, 178, 90, 44, PALE, "· wx");
    svg.arrow(INK, 250, 200, 352, 200, 352, 98);
    name(svg, 462, 196, INK, "b", "(1,H)");
    svg.arrow(INK, 428, 200, 368, 200, 368, 98);
    svg.circle(360, 80, R, PALE, "+");
    svg.text(408, 66, "middle", BIG, INK, "a").arrow(INK, 360 + R, 80, 450, 80);
    svg.box(450, 58, 90, 44, PALE_GREEN, "tanh");
    svg.arrow(BLUE, 540, 80, 630, 80);
    name(svg, 668, 76, BLUE, "h", "(N,H)");
    svg.arrow(BLUE, 585, 80, 585, 126);
    svg.text(598, 146, "middle", SMALL, BLUE, "the next step's hPrev");
    return svg;
  }

  /** A name, and its shape below. */
  static void name(Svg svg, double x, double y, String colour, String name, String shape) {
    svg.text(x, y + 2, "middle", BIG, colour, name);
    svg.text(x, y + 22, "middle", SMALL, GREY, shape);
  }

  private static Svg unrolling() {
    Svg svg =
        new Svg(
            WIDTH,
            310,
            "Three steps, unrolled",
            "Three boxes in a row, one a step, with the same weights. Each takes x[t] from below"
                + " and the state from the left, and gives h[t] upwards and to the right. The first"
                + " takes h0.");
    svg.text(24, 128, "start", BIG, BLUE, "h0").arrow(BLUE, 24, 140, 130, 140);
    for (int t = 0; t < 3; t++) {
      double x = 130 + 180 * t;
      svg.box(x, 110, 90, 60, PALE_BLUE, "step " + t);
      svg.arrow(BLUE, x + 90, 140, x + 180, 140);
      svg.text(x + 135, 128, "middle", BIG, BLUE, "h[" + t + "]");
      svg.arrow(BLUE, x + 45, 110, x + 45, 62);
      svg.text(x + 45, 50, "middle", BIG, BLUE, "h[" + t + "]");
      svg.arrow(INK, x + 45, 222, x + 45, 170);
      svg.text(x + 45, 244, "middle", BIG, INK, "x[" + t + "]");
    }
    svg.text(640, 50, "middle", SMALL, GREY, "outputs");
    svg.text(640, 244, "middle", SMALL, GREY, "inputs");
    svg.line(GREY, false, 130, 258, 130, 266, 580, 266, 580, 258);
    svg.text(355, 290, "middle", SMALL, INK, "the same wx, wh and b in every step");
    return svg;
  }

  private static Svg twoRoutes() {
    Svg svg =
        new Svg(
            WIDTH,
            320,
            "Two routes into dh",
            "The state h[t] goes to the loss of its own step and to step t+1. So two gradients come"
                + " back to it, dhs[t] from the loss and dhPrev from step t+1, and their sum goes"
                + " on back through step t.");
    svg.line(GREY, false, 24, 30, 58, 30).text(66, 35, "start", SMALL, GREY, "forward");
    svg.line(RED, false, 24, 54, 58, 54).text(66, 59, "start", SMALL, RED, "gradients, backward");
    svg.box(300, 24, 160, 48, PALE, "loss of step t");
    svg.box(140, 170, 120, 60, PALE_BLUE, "step t").box(530, 170, 120, 60, PALE_BLUE, "step t+1");
    svg.arrow(GREY, 40, 190, 140, 190).arrow(GREY, 260, 190, 352, 190);
    svg.arrow(GREY, 408, 190, 530, 190).arrow(GREY, 372, 170, 372, 72);
    svg.arrow(GREY, 650, 190, 700, 190).arrow(RED, 700, 210, 650, 210);
    svg.circle(380, 200, 30, PALE_BLUE, "h[t]");
    svg.text(90, 178, "middle", SMALL, GREY, "h[t−1]");
    svg.arrow(RED, 388, 72, 388, 171).arrow(RED, 530, 210, 408, 210);
    svg.arrow(RED, 352, 210, 260, 210).arrow(RED, 140, 210, 40, 210);
    svg.text(398, 118, "start", BIG, RED, "dhs[t]");
    svg.text(470, 240, "middle", BIG, RED, "dhPrev");
    svg.text(304, 240, "middle", BIG, RED, "dh");
    svg.text(380, 292, "middle", BIG, RED, "dh = dhs[t] + dhPrev of step t+1");
    return svg;
  }

  private static Svg blockEdge() {
    Svg svg =
        new Svg(
            WIDTH,
            270,
            "At the edge between two blocks",
            "Two blocks of three steps. The state goes on from the last step of block 0 into the"
                + " first of block 1; the gradients of block 1 stop at the edge between them.");
    for (int t = 0; t < 6; t++) {
      double x = t < 3 ? 36 + 105 * t : 414 + 105 * (t - 3);
      svg.box(x, 96, 60, 64, t < 3 ? PALE_BLUE : PALE_GREEN, "step", "" + t);
      if (t != 2 && t != 5) {
        svg.arrow(BLUE, x + 60, 112, x + 105, 112);
        svg.arrow(RED, x + 105, 144, x + 60, 144);
      }
    }
    svg.text(171, 44, "middle", BIG, INK, "block 0").text(549, 44, "middle", BIG, INK, "block 1");
    svg.arrow(BLUE, 306, 112, 414, 112);
    svg.line(INK, true, 360, 24, 360, 196);
    svg.arrow(RED, 414, 144, 374, 144);
    svg.line(RED, false, 366, 137, 354, 151).line(RED, false, 366, 151, 354, 137);
    svg.text(360, 222, "middle", SMALL, BLUE, "the state goes on over the edge,");
    svg.text(360, 246, "middle", SMALL, RED, "the gradient stops there");
    return svg;
  }

  private static Svg lstmCell() {
    Svg svg =
        new Svg(
            WIDTH,
            450,
            "An LSTM cell",
            "The cell state c runs along the top: it is multiplied by the forget gate f, then i"
                + " times g is added. Its tanh, multiplied by the output gate o, is the state h."
                + " The gates f, i, o and the candidate g come from one sum with 4H columns.");
    svg.text(24, 86, "start", BIG, GREEN, "c[t−1]").arrow(GREEN, 96, 80, 200 - R, 80);
    svg.arrow(GREEN, 200 + R, 80, 390 - R, 80).arrow(GREEN, 390 + R, 80, 650, 80);
    svg.text(660, 86, "start", BIG, GREEN, "c[t]");
    svg.circle(200, 80, R, PALE, "×").circle(390, 80, R, PALE, "+");
    svg.circle(390, 190, R, PALE, "×").arrow(INK, 390, 190 - R, 390, 80 + R);
    svg.arrow(INK, 200, 270, 200, 80 + R);
    svg.arrow(INK, 322, 270, 322, 190, 390 - R, 190);
    svg.arrow(INK, 458, 270, 458, 190, 390 + R, 190);
    svg.arrow(GREEN, 580, 80, 580, 112).box(545, 112, 70, 38, PALE_GREEN, "tanh");
    svg.arrow(INK, 580, 150, 580, 212 - R).circle(580, 212, R, PALE, "×");
    svg.arrow(INK, 580, 270, 580, 212 + R).arrow(BLUE, 580 + R, 212, 650, 212);
    svg.text(660, 218, "start", BIG, BLUE, "h[t]");
    String[][] gates = {
      {"f: forget", "sigmoid"},
      {"g: candidate", "tanh"},
      {"i: input", "sigmoid"},
      {"o: output", "sigmoid"}
    };
    double[] at = {200, 322, 458, 580};
    for (int k = 0; k < 4; k++) {
      String fill = k == 1 ? PALE_GREEN : PALE_RED;
      svg.box(at[k] - 55, 270, 110, 56, fill, gates[k]);
      svg.arrow(INK, at[k], 370, at[k], 326);
    }
    svg.box(144, 370, 492, 46, PALE_BLUE, "x[t]·wx + h[t−1]·wh + b, four times H columns");
    svg.text(24, 386, "start", BIG, INK, "x[t]").arrow(INK, 96, 380, 144, 380);
    svg.text(24, 414, "start", BIG, BLUE, "h[t−1]").arrow(BLUE, 96, 408, 144, 408);
    return svg;
  }

  private static Svg gruResets() {
    Svg svg =
        new Svg(
            WIDTH,
            470,
            "The two places of a GRU's reset",
            "Left: r is multiplied with hPrev, then comes the product with wh. Right: first comes"
                + " the product of hPrev with wh and the bias bhn, then r is multiplied with what"
                + " comes of it. Both then add x times wx and b and go through tanh.");
    svg.text(190, 36, "middle", BIG, INK, "reset before the product");
    svg.text(550, 36, "middle", BIG, INK, "reset after the product");
    svg.line(GREY, true, 360, 20, 360, 450);
    for (double x : new double[] {190, 550}) {
      svg.text(x, 76, "middle", BIG, BLUE, "hPrev");
      svg.arrow(INK, x, 230, x, 290 - R).circle(x, 290, R, PALE, "+");
      svg.box(x - 166, 268, 116, 44, PALE, "x·wx_h + b_h").arrow(INK, x - 50, 290, x - R, 290);
      svg.arrow(INK, x, 290 + R, x, 340).box(x - 55, 340, 110, 44, PALE_GREEN, "tanh");
      svg.arrow(INK, x, 384, x, 420).text(x, 446, "middle", BIG, INK, "candidate ĥ");
    }
    svg.arrow(BLUE, 190, 86, 190, 130 - R).circle(190, 130, R, PALE_RED, "×");
    svg.text(104, 136, "middle", BIG, RED, "r").arrow(RED, 118, 130, 190 - R, 130);
    svg.arrow(INK, 190, 130 + R, 190, 186)
        .box(135, 186, 110, 44, PALE_BLUE, "· wh_h")
        .text(202, 172, BIG, "u");
    svg.arrow(BLUE, 550, 86, 550, 118).box(485, 118, 130, 44, PALE_BLUE, "· wh_h + bhn");
    svg.text(562, 184, BIG, "u")
        .arrow(INK, 550, 162, 550, 212 - R)
        .circle(550, 212, R, PALE_RED, "×");
    svg.text(464, 218, "middle", BIG, RED, "r").arrow(RED, 478, 212, 550 - R, 212);
    return svg;
  }

  private static Svg timeMajor() {
    Svg svg =
        new Svg(
            WIDTH,
            330,
            "All states in one array",
            "Eight rows of H numbers, for two sequences and three steps: first the two rows of h0,"
                + " then two rows for each step. Rows 0 to 5 are the states before each step, rows"
                + " 2 to 7 those after each step.");
    String[] blocks = {"h0", "h[0]", "h[1]", "h[2]"};
    svg.text(110, 36, "middle", SMALL, GREY, "N = 2, T = 3");
    svg.text(275, 36, "middle", SMALL, GREY, "(T+1)·N rows, H columns");
    for (int row = 0; row < 8; row++) {
      double y = 52 + 32 * row;
      svg.box(180, y, 190, 32, row / 2 % 2 == 0 ? PALE : PALE_BLUE, "sequence " + row % 2);
      svg.text(168, y + 22, "end", SMALL, GREY, "row " + row);
      if (row % 2 == 0) {
        svg.text(60, y + 38, "middle", BIG, INK, blocks[row / 2]);
      }
    }
    svg.line(GREEN, false, 384, 54, 394, 54, 394, 242, 384, 242);
    svg.text(406, 120, "start", SMALL, GREEN, "before each step");
    svg.text(406, 142, "start", SMALL, GREEN, "rows 0 to T·N − 1");
    svg.line(BLUE, false, 564, 118, 574, 118, 574, 306, 564, 306);
    svg.text(586, 212, "start", SMALL, BLUE, "after each step");
    svg.text(586, 234, "start", SMALL, BLUE, "rows N to");
    svg.text(586, 256, "start", SMALL, BLUE, "(T+1)·N − 1");
    return svg;
  }

  private static Svg softmax() {
    Svg svg =
        new Svg(
            WIDTH,
            320,
            "Softmax",
            "Three bar charts for three classes: the scores 2, 1 and −1; their exponentials, all"
                + " above zero; and these divided by their sum, which are probabilities.");
    Matrix s = Matrix.of(1, 3, 2, 1, -1);
    Matrix p = s.copy();
    p.softmaxRows();
    double base = 210;
    bars(svg, 40, base, 42, GREY, "scores s", s);
    bars(svg, 285, base, 17, BLUE, "exp(s)", s.exp());
    bars(svg, 530, base, 170, GREEN, "divided by their sum: p", p);
    svg.arrow(INK, 214, 150, 264, 150).arrow(INK, 459, 150, 509, 150);
    String loss = f("label 1 is right:  loss = −ln p[1] = %.3f", -Math.log(p.get(0, 1)));
    svg.text(360, 302, "middle", BIG, INK, loss);
    return svg;
  }

  private static void bars(
      Svg svg, double x, double base, double unit, String colour, String name, Matrix values) {
    svg.text(x + 75, 36, "middle", SMALL, colour, name);
    svg.line(INK, false, x, base, x + 150, base);
    for (int k = 0; k < 3; k++) {
      double value = values.get(0, k);
      double top = value > 0 ? base - unit * value : base;
      svg.bar(x + 8 + 48 * k, top, 38, unit * Math.abs(value), colour);
      String number = f(Math.rint(value) == value ? "%.0f" : "%.3f", value).replace('-', '−');
      double above = value > 0 ? top - 8 : base - 8;
      svg.text(x + 27 + 48 * k, above, "middle", SMALL, INK, number);
    }
    for (int k = 0; k < 3; k++) {
      boolean under = values.get(0, k) >= 0;
      svg.text(x + 27 + 48 * k, under ? base + 22 : base + 64, "middle", SMALL, GREY, "" + k);
    }
  }

  private static Svg centralDifference() {
    DoubleUnaryOperator f = Math::exp;
    double eps = 0.9;
    double central = (f.applyAsDouble(eps) - f.applyAsDouble(-eps)) / (2 * eps);
    double forward = (f.applyAsDouble(eps) - f.applyAsDouble(0)) / eps;
    Svg svg =
        new Svg(
            WIDTH,
            400,
            "Slope by a central difference",
            "A curve, its tangent at x, and two straight lines through points of the curve: the one"
                + " through x − step and x + step is nearly as steep as the tangent, the one"
                + " through x and x + step is steeper.");
    double[] curve = new double[2 * 61];
    for (int i = 0; i < 61; i++) {
      double w = -1.25 + 2.45 * i / 60;
      curve[2 * i] = px(w);
      curve[2 * i + 1] = py(f.applyAsDouble(w));
    }
    svg.line(INK, false, 30, 340, 470, 340);
    svg.line(GREY, false, curve);
    straight(svg, GREEN, -0.95, 1.2, 0, f.applyAsDouble(0), 1);
    straight(svg, BLUE, -1.2, 1.2, -eps, f.applyAsDouble(-eps), central);
    straight(svg, RED, -0.45, 1.15, 0, f.applyAsDouble(0), forward);
    for (double w : new double[] {-eps, 0, eps}) {
      svg.line(GREY, true, px(w), py(f.applyAsDouble(w)), px(w), 340);
      svg.circle(px(w), py(f.applyAsDouble(w)), 5, INK, "");
    }
    svg.text(px(-eps), 364, "middle", BIG, INK, "x − step");
    svg.text(px(0), 364, "middle", BIG, INK, "x");
    svg.text(px(eps), 364, "middle", BIG, INK, "x + step");
    svg.text(490, 60, "start", SMALL, GREY, f("f(x) = exp(x), step = %.1f", eps));
    svg.text(490, 110, "start", SMALL, GREEN, "tangent, slope 1.000");
    svg.text(490, 160, "start", SMALL, BLUE, "central difference");
    svg.text(490, 182, "start", SMALL, BLUE, f("slope %.3f", central));
    svg.text(490, 232, "start", SMALL, RED, "one-sided difference");
    svg.text(490, 254, "start", SMALL, RED, f("slope %.3f", forward));
    svg.text(490, 304, "start", SMALL, GREY, "The step is large here,");
    svg.text(490, 326, "start", SMALL, GREY, "so that it can be seen.");
    return svg;
  }

  private static double px(double w) {
    return 250 + 165 * w;
  }

  private static double py(double loss) {
    return 340 - 95 * loss;
  }

  private static void straight(
      Svg svg, String colour, double from, double to, double w, double loss, double slope) {
    svg.line(
        colour,
        false,
        px(from),
        py(loss + slope * (from - w)),
        px(to),
        py(loss + slope * (to - w)));
  }

  private static Svg growth() {
    Svg svg =
        new Svg(
            WIDTH,
            400,
            "Vanishing and exploding",
            "The norm of the gradient of the state over 20 steps back, on a logarithmic scale: with"
                + " weights of deviation 1 it rises from 2.5 to 250, with half of them it falls"
                + " from 1.2 to 0.0002.");
    for (int power = -4; power <= 3; power++) {
      double y = growthY(Math.pow(10, power));
      svg.line("#d0d7de", false, 90, y, 560, y);
      svg.text(
          80,
          y + 5,
          "end",
          SMALL,
          GREY,
          power < 0 ? f("%." + -power + "f", Math.pow(10, power)) : f("%.0f", Math.pow(10, power)));
    }
    for (int step = 5; step <= 20; step += 5) {
      svg.text(growthX(step), 362, "middle", SMALL, GREY, "" + step);
    }
    Matrix wh = new RandomState(3).randn(3, 3);
    growthCurve(svg, RED, norms(wh));
    growthCurve(svg, BLUE, norms(wh.times(0.5)));
    svg.text(90, 30, "start", SMALL, INK, "norm of dh, divided by N");
    svg.text(325, 386, "middle", SMALL, INK, "steps back");
    svg.text(575, 90, "start", SMALL, RED, "wh of deviation 1");
    svg.text(575, 300, "start", SMALL, BLUE, "half of it");
    return svg;
  }

  /** The norm of dh, divided by the batch size 2, after 1 to 20 steps back without tanh. */
  private static double[] norms(Matrix wh) {
    Matrix dh = new Matrix(2, 3);
    dh.fill(1);
    double[] norms = new double[20];
    for (int i = 0; i < norms.length; i++) {
      dh = dh.matmul(wh.transposed());
      norms[i] = Math.sqrt(dh.sumOfSquares(0, 6)) / 2;
    }
    return norms;
  }

  private static void growthCurve(Svg svg, String colour, double[] norms) {
    double[] points = new double[2 * norms.length];
    for (int i = 0; i < norms.length; i++) {
      points[2 * i] = growthX(i + 1);
      points[2 * i + 1] = growthY(norms[i]);
    }
    svg.line(colour, false, points);
    for (int i = 0; i < norms.length; i++) {
      svg.circle(points[2 * i], points[2 * i + 1], 3.5, colour, "");
    }
  }

  private static double growthX(int step) {
    return 82 + 23 * step;
  }

  private static double growthY(double norm) {
    return 180 - 42 * (Math.log10(norm) + 0.0);
  }

  private static Svg streaming() {
    Svg svg =
        new Svg(
            WIDTH,
            360,
            "A session writes a text",
            "Three calls, one after the other. Each takes a word and the state that the call before"
                + " left, and gives scores. From the scores a word is chosen, which is the next"
                + " call's input.");
    String[] words = {"the", "old", "man", "sat"};
    svg.text(24, 116, "start", BIG, BLUE, "h0").arrow(BLUE, 56, 110, 100, 110);
    for (int t = 0; t < 3; t++) {
      double x = 100 + 200 * t;
      svg.box(x, 82, 100, 56, PALE_BLUE, "step");
      svg.arrow(BLUE, x + 100, 110, x + 200, 110);
      svg.text(x + 150, 98, "middle", SMALL, BLUE, "state");
      svg.arrow(INK, x + 50, 50, x + 50, 82);
      svg.text(x + 50, 40, "middle", BIG, INK, words[t]);
      svg.arrow(INK, x + 50, 138, x + 50, 186);
      svg.text(x + 60, 168, "start", SMALL, GREY, "scores");
      svg.box(x, 186, 100, 44, PALE_GREEN, "choose");
      svg.arrow(GREY, x + 50, 274, x + 50, 230);
      svg.text(x + 50, 292, "middle", SMALL, GREY, "u");
      if (t < 2) {
        svg.arrow(GREEN, x + 100, 208, x + 178, 208, x + 178, 34, x + 222, 34);
        svg.text(x + 168, 228, "end", SMALL, GREEN, words[t + 1]);
      } else {
        svg.arrow(GREEN, x + 100, 208, x + 160, 208);
        svg.text(x + 168, 213, "start", BIG, GREEN, words[t + 1]);
      }
    }
    svg.text(360, 336, "middle", SMALL, INK, "Kept from call to call: the state, and no more.");
    return svg;
  }

  private static Svg attention() {
    Matrix hs = Matrix.of(4, 2, 1, 0, 0, 1, -1, 0.5, 1, 1);
    Matrix query = Matrix.of(1, 2, 1.5, 0.5);
    TimeAttention layer = new TimeAttention();
    Tensor3 states = new Tensor3(1, 4, 2);
    Tensor3 queries = new Tensor3(1, 1, 2);
    for (int t = 0; t < 4; t++) {
      for (int k = 0; k < 2; k++) {
        states.set(0, t, k, hs.get(t, k));
        queries.set(0, 0, k, query.get(0, k));
      }
    }
    Tensor3 context = layer.forward(states, queries);
    Svg svg =
        new Svg(
            WIDTH,
            420,
            "Dot-product attention",
            "Four states of the encoder, one a row. The query's product with each is a score;"
                + " softmax makes weights of the scores; the states times their weights, added, are"
                + " the context.");
    svg.text(140, 36, "middle", SMALL, BLUE, "states hs");
    svg.text(325, 36, "middle", SMALL, GREY, "scores");
    svg.text(540, 36, "middle", SMALL, GREEN, "weights");
    for (int t = 0; t < 4; t++) {
      double y = 54 + 56 * t;
      double score = hs.get(t, 0) * query.get(0, 0) + hs.get(t, 1) * query.get(0, 1);
      double weight = layer.weights().get(0, 0, t);
      svg.box(80, y, 120, 40, PALE_BLUE, row(hs.get(t, 0), hs.get(t, 1)));
      svg.text(68, y + 26, "end", SMALL, BLUE, "hs[" + t + "]");
      svg.arrow(INK, 200, y + 20, 290, y + 20);
      svg.text(350, y + 25, "end", SMALL, INK, minus("%.2f", score));
      svg.arrow(INK, 364, y + 20, 400, y + 20);
      svg.arrow(INK, 440, y + 20, 476, y + 20);
      svg.bar(484, y + 6, 1 + 160 * weight, 28, GREEN);
      svg.text(494 + 160 * weight, y + 25, "start", SMALL, INK, f("%.3f", weight));
    }
    svg.box(400, 54, 40, 208, PALE_GREEN, "soft-", "max");
    svg.text(24, 344, "start", SMALL, INK, "query")
        .box(80, 320, 120, 40, PALE_RED, row(query.get(0, 0), query.get(0, 1)));
    svg.arrow(RED, 200, 340, 245, 340, 245, 246);
    svg.text(255, 344, "start", SMALL, RED, "times each state");
    svg.box(480, 320, 180, 40, PALE, f("%.3f   %.3f", context.get(0, 0, 0), context.get(0, 0, 1)));
    svg.arrow(GREEN, 570, 266, 570, 320);
    svg.text(570, 384, "middle", SMALL, INK, "context = sum of weight · state");
    return svg;
  }

  private static String row(double a, double b) {
    return minus("%.1f", a) + "   " + minus("%.1f", b);
  }

  static String minus(String format, double value) {
    return f(format, value).replace('-', '−');
  }

  static String f(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
