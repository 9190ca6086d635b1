package io.github.unroll.exercises;

import java.util.List;
import java.util.stream.Stream;

/** The usual mistakes of every exercise, each put into the library's own code. */
final class Slips {

  private Slips() {}

  static List<Slip> all() {
    return Stream.of(
            rnnForward(),
            rnnBackward(),
            timeRnnForward(),
            timeRnnBackward(),
            softmaxWithLoss(),
            embedding(),
            clipping(),
            adam(),
            lstmForward(),
            lstmBackward(),
            gruForward(),
            gruBackward())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Slip> rnnForward() {
    String product = "a.addMatmul(hPrev, wh.value());";
    String tanh = "KERNEL.tanh(n * hiddenSize(), h, hAt, h, hAt);";
    String bias = "KERNEL.addRow(n, hiddenSize(), b.value().data(), h, hAt);";
    return List.of(
        Slip.in(Bodies.RNN_ACTIVATE, "bias forgotten", bias, "", "h at [0,0] misses the bias"),
        Slip.in(
            Bodies.RNN_FORWARD,
            "state forgotten",
            product,
            "",
            "h at [0,0] knows nothing of the state before"),
        Slip.in(
            Bodies.RNN_FORWARD,
            "input overwritten",
            product,
            "a = hPrev.matmul(wh.value());",
            "h at [0,0] knows nothing of the input"),
        Slip.in(
            Bodies.RNN_ACTIVATE,
            "tanh forgotten",
            tanh,
            "",
            "h at [0,0] is the pre-activation itself: was tanh forgotten?"),
        Slip.in(Bodies.RNN_ACTIVATE, "sigmoid", tanh, tanh.replace("tanh", "sigmoid"), "a sigmoid"),
        Slip.in(
            Bodies.RNN_FORWARD,
            "wh transposed",
            product,
            "a.addMatmulTransB(hPrev, wh.value());",
            "comes of wh transposed"),
        Slip.in(
            Bodies.RNN_FORWARD,
            "bias added twice",
            product,
            product + " a.addRow(b.value());",
            "holds the bias twice"),
        Slip.in(
            Bodies.RNN_ACTIVATE,
            "tanh twice",
            tanh,
            tanh + tanh,
            "is squashed twice: tanh(tanh(a))"),
        Slip.in(
            Bodies.RNN_FORWARD,
            "wx transposed",
            "x.matmul(wx.value())",
            "x.matmulTransB(wx.value())",
            "threw IllegalArgumentException at RnnCell.java:",
            "is a transpose missing"),
        Slip.whole(
            Bodies.RNN_FORWARD,
            "null",
            "return null;",
            "threw NullPointerException",
            "returned null"),
        Slip.in(
            Bodies.RNN_FORWARD,
            "cache of the pre-activation",
            "new Cache(x, hPrev, hNext)",
            "new Cache(x, hPrev, a)",
            "cache.hNext at [0,0] is the pre-activation"),
        Slip.in(
            Bodies.RNN_FORWARD,
            "cache of the old state",
            "new Cache(x, hPrev, hNext)",
            "new Cache(x, hPrev, hPrev)",
            "cache.hNext at [0,0] is the state before"),
        Slip.whole(
            Bodies.RNN_FORWARD,
            "state overwritten",
            """
            Matrix a = x.matmul(wx.value());
            a.addMatmul(hPrev, wh.value());
            activate(a.rows(), a.data(), 0, hPrev.data(), 0);
            return new Step(hPrev, new Cache(x, hPrev, hPrev));\
            """,
            "cache.hPrev at [0,0] was changed by forward"),
        Slip.whole(
            Bodies.RNN_ACTIVATE,
            "offsets forgotten",
            """
            for (int i = 0; i < n * hiddenSize(); i++) {
              h[i] = StrictMath.tanh(a[i] + b.value().data()[i % hiddenSize()]);
            }\
            """,
            "h at [0,0] stands in the wrong place: `a` begins at aAt, h at hAt"));
  }

  private static List<Slip> rnnBackward() {
    String slope = "(1 - hi * hi)";
    String dwh = "wh.grad().addMatmulTransA(cache.hPrev(), da);";
    String db = "b.grad().addColumnSums(da);";
    String dhPrev = "da.matmulTransB(wh.value())";
    return List.of(
        Slip.in(
            Bodies.RNN_ACTIVATE_BACKWARD,
            "1 − h² forgotten",
            " * " + slope,
            "",
            "dx at [0,0] misses the slope of tanh: was 1 − h² forgotten?",
            "the same shows in dhPrev, dwx, dwh, db"),
        Slip.in(
            Bodies.RNN_ACTIVATE_BACKWARD, "1 − h", slope, "(1 - hi)", "has 1 − h for the slope"),
        Slip.in(
            Bodies.RNN_ACTIVATE_BACKWARD, "h²", slope, "(hi * hi)", "has h² for the slope of tanh"),
        Slip.in(
            Bodies.RNN_ACTIVATE_BACKWARD,
            "sigmoid's slope",
            slope,
            "(hi * (1 - hi))",
            "has the sigmoid's slope h(1 − h)"),
        Slip.in(
            Bodies.RNN_ACTIVATE_BACKWARD,
            "tanh once more",
            slope,
            "(1 - StrictMath.tanh(hi) * StrictMath.tanh(hi))",
            "takes tanh of h once more"),
        Slip.in(
            Bodies.RNN_BACKWARD,
            "slope of the state before",
            "Matrix h = cache.hNext();",
            "Matrix h = cache.hPrev();",
            "takes the slope at the state before"),
        Slip.in(
            Bodies.RNN_BACKWARD,
            "missing transpose",
            dhPrev,
            "da.matmul(wh.value())",
            "dhPrev at [0,0] misses a transpose"),
        Slip.in(
            Bodies.RNN_BACKWARD,
            "missing transpose, shapes that do not meet",
            "da.matmulTransB(wx.value())",
            "da.matmul(wx.value())",
            "threw IllegalArgumentException at RnnCell.java:",
            "is a transpose missing"),
        Slip.in(
            Bodies.RNN_BACKWARD,
            "dwh overwritten",
            dwh,
            "cache.hPrev().matmulTransAInto(da, wh.grad());",
            "dwh at [0,0] is overwritten"),
        Slip.in(
            Bodies.RNN_BACKWARD,
            "dwh added twice",
            dwh,
            dwh + dwh,
            "dwh at [0,0] is twice too large: it is added once per step; was it added twice?"),
        Slip.in(
            Bodies.RNN_BACKWARD,
            "dwh of the new state",
            dwh,
            "wh.grad().addMatmulTransA(h, da);",
            "dwh at [0,0] comes of the new state"),
        Slip.in(
            Bodies.RNN_BACKWARD,
            "dwh transposed",
            dwh,
            "wh.grad().addMatmulTransA(da, cache.hPrev());",
            "dwh at [0,1] is the transpose of what it should be"),
        Slip.in(Bodies.RNN_BACKWARD, "db forgotten", db, "", "db at [0,0] is as it was before"),
        Slip.in(
            Bodies.RNN_BACKWARD,
            "db of the first sample",
            db,
            "for (int j = 0; j < da.cols(); j++) { b.grad().data()[j] += da.get(0, j); }",
            "db at [0,0] is of the first sample only: the sum over the batch is missing"),
        Slip.in(
            Bodies.RNN_BACKWARD,
            "db overwritten",
            db,
            "b.grad().copyFrom(da.columnSums());",
            "db at [0,0] is overwritten"),
        Slip.in(
            Bodies.RNN_BACKWARD,
            "mean over the batch",
            db,
            "b.grad().add(da.columnSums().times(1.0 / da.rows()));",
            "db at [0,0] is 3 times too small",
            "was the mean taken?"),
        Slip.in(
            Bodies.RNN_BACKWARD,
            "sign",
            "da.matmulTransB(wx.value())",
            "da.matmulTransB(wx.value()).times(-1)",
            "dx at [0,0] has the wrong sign"),
        Slip.in(
                Bodies.RNN_BACKWARD,
                "two mistakes",
                db,
                "",
                "dhPrev at [0,0] misses a transpose",
                "db at [0,0] is as it was before")
            .and(Bodies.RNN_BACKWARD, dhPrev, "da.matmul(wh.value())"),
        Slip.in(
            Bodies.RNN_BACKWARD,
            "dhNext changed",
            "da.copyFrom(dhNext);",
            "da = dhNext;",
            "dhNext (given) at [0,0] was changed"));
  }

  private static List<Slip> timeRnnForward() {
    String product = "wh.addMatmul(n, h, now, a, now);";
    String activate = "cell.activate(n, a, now, h, next);";
    return List.of(
        Slip.in(
            Bodies.STEP_FORWARD,
            "state not carried on",
            product,
            "wh.addMatmul(n, h, 0, a, now);",
            "hs at [0,1,0] starts from h0 at every step"),
        Slip.in(Bodies.STEP_FORWARD, "no recurrent product", product, "", "has no memory"),
        Slip.in(
            Bodies.STEP_FORWARD,
            "written too early",
            activate,
            "cell.activate(n, a, now, h, now);",
            "is written one place too early"),
        Slip.in(
            Bodies.STEP_FORWARD,
            "bias twice",
            activate,
            "KERNEL.addRow(n, hidden, cell.b().value().data(), a, now);" + activate,
            "holds the bias twice"),
        Slip.in(
            Bodies.STEP_FORWARD,
            "wh transposed",
            product,
            "double[] w = cell.wh().value().data();"
                + "KERNEL.addMatmulTransB(n, hidden, hidden, h, now, hidden, w, 0, hidden, a, now,"
                + " hidden);",
            "comes of wh transposed"),
        Slip.in(
            Bodies.LOOP_FORWARD,
            "a step short",
            "t < steps;",
            "t < steps - 1;",
            "hs at [0,3,0] is missing: the loop ends a step early"),
        Slip.in(
            Bodies.LOOP_FORWARD,
            "backwards in time",
            "for (int t = 0; t < steps; t++)",
            "for (int t = steps - 1; t >= 0; t--)",
            "reads a state that is not there yet"),
        Slip.in(
            Bodies.LOOP_FORWARD,
            "the state before copied out",
            "copyOut(states[0], n * hidden,",
            "copyOut(states[0], 0,",
            "hs at [0,0,0] is the state before the step"),
        Slip.in(Bodies.LOOP_FORWARD, "no loop", "stepForward(t);", "", "is the loop over t there?"),
        Slip.in(
            Bodies.LOOP_FORWARD,
            "ended sequences run on",
            "standStill(t);",
            "",
            "the final state at [1,0] ran on over the padding"),
        Slip.in(
            Bodies.LOOP_FORWARD,
            "state not kept",
            "keepFinalState();",
            "",
            "started the second block from zeros"));
  }

  private static List<Slip> timeRnnBackward() {
    String clear = "Arrays.fill(dh, 0, n * hidden, 0);";
    String back = "whTransposed.addMatmul(n, a, now, dh, 0);";
    String slope = "cell.activateBackward(n * hidden, dh, 0, states[0], next, a, now);";
    String loop = "for (int t = steps - 1; t >= 0; t--)";
    String dwx =
        "KERNEL.addMatmulTransA(d, rows, width, x, 0, d, a, 0, width, wx.grad().data(), 0, width);";
    return List.of(
        Slip.in(
            Bodies.ADD_OUTPUT_GRADIENT,
            "dh of the next step not added",
            "dh[i] += dhs[now + i];",
            "dh[i] = dhs[now + i];",
            "dxs at [0,0,0] misses what comes from the steps ahead",
            "the same shows in dh0, dwx, dwh, db"),
        Slip.in(
            Bodies.ADD_OUTPUT_GRADIENT,
            "output gradient not added",
            "dh[i] += dhs[now + i];",
            "",
            "misses the gradients of the outputs"),
        Slip.in(
            Bodies.LOOP_BACKWARD,
            "last output only",
            "addOutputGradient(t);",
            "if (t == steps - 1) { addOutputGradient(t); }",
            "knows the last output only"),
        Slip.in(Bodies.STEP_BACKWARD, "dh not cleared", clear, "", "still holds the old dh"),
        Slip.in(
            Bodies.STEP_BACKWARD,
            "missing transpose",
            back,
            "double[] w = cell.wh().value().data();KERNEL.addMatmul(n, hidden, hidden, a, now,"
                + " hidden, w, 0, hidden, dh, 0, hidden);",
            "misses a transpose"),
        Slip.in(
            Bodies.STEP_BACKWARD,
            "slope of the state before",
            slope,
            slope.replace("next", "now"),
            "takes the slope at the state before"),
        Slip.in(
            Bodies.STEP_BACKWARD,
            "1 − h² forgotten",
            slope,
            "System.arraycopy(dh, 0, a, now, n * hidden);",
            "misses the slope of tanh"),
        Slip.in(
            Bodies.LOOP_BACKWARD,
            "forward in time",
            loop,
            "for (int t = 0; t < steps; t++)",
            "went forward in time"),
        Slip.in(
            Bodies.ADD_RECURRENT_GRADIENTS,
            "states after the steps",
            "states[0], 0, hidden",
            "states[0], n * hidden, hidden",
            "dwh at [0,0] comes of the states after the steps"),
        Slip.in(
            Bodies.ADD_RECURRENT_GRADIENTS,
            "first step only",
            "steps * n",
            "n",
            "dwh at [0,0] is of the first step only"),
        Slip.in(
            Bodies.LOOP_BACKWARD,
            "dwx overwritten",
            dwx,
            "wx.zeroGrad();" + dwx,
            "dwx at [0,0] is overwritten"),
        Slip.in(
            Bodies.LOOP_BACKWARD,
            "dwx added twice",
            dwx,
            dwx + dwx,
            "dwx at [0,0] is twice too large"),
        Slip.in(
            Bodies.LOOP_BACKWARD,
            "db forgotten",
            "KERNEL.addColumnSums(rows, width, a, 0, width, b.grad().data(), 0);",
            "",
            "db at [0,0] is as it was before"),
        Slip.in(
            Bodies.LOOP_BACKWARD,
            "final gradient lost",
            loop,
            "Arrays.fill(dStates[0], 0, n * hidden, 0);" + loop,
            "does not know the gradient of the final state"),
        Slip.in(
            Bodies.LOOP_BACKWARD,
            "over the padding",
            "stepBackwardWhereActive(t);",
            "stepBackward(t);",
            "ran over the padding"));
  }

  private static List<Slip> softmaxWithLoss() {
    String mean = "return KERNEL.sum(rows, losses, 0) / count;";
    String label = "numerators[at + labels[row]]";
    String subtractMax = "numerators[j] = x[j] - max;";
    String one = "dx[at + labels[row]] -= scale;";
    return List.of(
        Slip.in(
            Bodies.EXPONENTIATE,
            "no max subtracted",
            subtractMax,
            "numerators[j] = x[j];",
            "loss is what exp(1000) = ∞ or exp(−2000) = 0 makes of it",
            "subtract the row's max"),
        Slip.in(
            Bodies.LOSS_FORWARD,
            "sign",
            mean,
            mean.replace("KERNEL", "-KERNEL"),
            "loss has the wrong sign"),
        Slip.in(
            Bodies.LOSS_FORWARD,
            "sum, not mean",
            mean,
            mean.replace(" / count", ""),
            "is the sum: it is the mean over the 4 labels that count"),
        Slip.in(
            Bodies.LOSS_FORWARD,
            "mean over all",
            mean,
            mean.replace("count", "rows"),
            "is the mean over all N·T steps"),
        Slip.in(
            Bodies.LOSS_FORWARD,
            "mean over N",
            mean,
            mean.replace("count", "n"),
            "is divided by N"),
        Slip.in(
            Bodies.EXPONENTIATE,
            "log of the wrong index",
            label,
            "numerators[at + (labels[row] + 1) % v]",
            "is the log of the wrong entry"),
        Slip.in(
            Bodies.EXPONENTIATE,
            "log of entry 0",
            label,
            "numerators[at]",
            "is the log of the wrong entry: p[label], not p[0]"),
        Slip.in(
            Bodies.LOSS_FORWARD,
            "no log of the sum",
            "losses[row] - scores[row]",
            "-scores[row]",
            "lacks the log of the sum"),
        Slip.in(
            Bodies.LOSS_FORWARD,
            "no score of the label",
            "losses[row] - scores[row]",
            "losses[row]",
            "lacks the score of the label"),
        Slip.in(
            Bodies.LOSS_FORWARD,
            "bits",
            mean,
            mean.replace("/ count", "/ count / StrictMath.log(2)"),
            "is in bits"),
        Slip.in(
                Bodies.EXPONENTIATE,
                "ignored labels counted",
                "labels[row] == IGNORE ? 0 : numerators[at + labels[row]]",
                "numerators[at + Math.max(labels[row], 0)]",
                "counts steps whose label is IGNORE")
            .and(
                Bodies.LOSS_FORWARD,
                "this.labels[row] == IGNORE ? 0 : losses[row] - scores[row]",
                "losses[row] - scores[row]"),
        Slip.in(
            Bodies.LOSS_GRADIENT,
            "1 not subtracted",
            one,
            "",
            "dxs at [0,0,1] is y alone: was 1 not subtracted at the label?"),
        Slip.in(
            Bodies.LOSS_GRADIENT,
            "1 added",
            one,
            one.replace("-=", "+="),
            "has 1 added at the label"),
        Slip.in(
            Bodies.LOSS_GRADIENT,
            "1 unscaled",
            one,
            one.replace("scale", "1"),
            "is subtracted unscaled"),
        Slip.in(
            Bodies.LOSS_GRADIENT,
            "sum of exp forgotten",
            "scale / sums[row]",
            "scale",
            "is not divided by the sum"),
        Slip.in(
            Bodies.LOSS_GRADIENT,
            "beside the label",
            one,
            "dx[at + (labels[row] + 1) % v] -= scale;",
            "has its 1 at the wrong entry"),
        Slip.in(
            Bodies.LOSS_GRADIENT,
            "not divided by the count",
            "for (int row",
            "scale *= count; for (int row",
            "is the gradient of the sum"),
        Slip.whole(
            Bodies.LOSS_GRADIENT,
            "ignored steps have a gradient",
            """
            for (int row = fromRow; row < toRow; row++) {
              for (int j = 0; j < v; j++) {
                double y = numerators[row * v + j] / sums[row];
                dx[row * v + j] = (y - (j == labels[row] ? 1 : 0)) * scale;
              }
            }\
            """,
            "flows from a step whose label is IGNORE"));
  }

  private static List<Slip> embedding() {
    String row = "ids[n][t] * d";
    String add = "w.addToGradRow(ids[n][t], dxs.data(), (n * steps + t) * d);";
    String elements =
        "for (int j = 0; j < d; j++) {"
            + " w.grad().data()[ids[n][t] * d + j] += dxs.data()[(n * steps + t) * d + j]; }";
    return List.of(
        Slip.in(
            Bodies.EMBEDDING_FORWARD,
            "row of the place",
            row,
            "(n * steps + t) * d",
            "is the row of the place, not of the word"),
        Slip.in(
            Bodies.EMBEDDING_FORWARD,
            "one row off",
            row,
            "(ids[n][t] + 1) * d",
            "one row too far down"),
        Slip.in(
            Bodies.EMBEDDING_FORWARD,
            "first word only",
            row,
            "ids[n][0] * d",
            "the first word's vector"),
        Slip.in(
            Bodies.EMBEDDING_FORWARD,
            "axes swapped",
            "(n * steps + t) * d, d",
            "(t * ids.length + n) * d, d",
            "stands at the wrong step"),
        Slip.in(
            Bodies.EMBEDDING_BACKWARD,
            "overwritten",
            add,
            elements.replace("+=", "="),
            "dw at [0,0] is overwritten: word 3 occurs three times and collects all three"),
        Slip.in(
            Bodies.EMBEDDING_BACKWARD,
            "cleared first",
            "for (int n",
            "w.zeroGrad(); for (int n",
            "dw at [0,0] is overwritten: a gradient is added (+=)"),
        Slip.in(
            Bodies.EMBEDDING_BACKWARD,
            "to the row of the place",
            "ids[n][t]",
            "n * steps + t",
            "went to the row of the place"),
        Slip.in(
            Bodies.EMBEDDING_BACKWARD,
            "axes swapped back",
            "(n * steps + t) * d",
            "(t * ids.length + n) * d",
            "came from the wrong step"),
        Slip.in(
            Bodies.EMBEDDING_BACKWARD,
            "first sample only",
            "n < ids.length",
            "n < 1",
            "is of the first sample only"),
        Slip.in(
            Bodies.EMBEDDING_BACKWARD,
            "sign",
            add,
            elements.replace("+=", "-="),
            "has the wrong sign"));
  }

  private static List<Slip> clipping() {
    String root = "return Math.sqrt(sum);";
    String squares = "sumOfSquares(parameters.get(k))";
    String rate = "double rate = maxNorm / (norm + 1e-6);";
    String scale = "scale(parameters.get(k), rate);";
    String byItself =
        "rate = Math.min(1, maxNorm / (globalNorm(List.of(parameters.get(k))) + 1e-6));";
    String byValue =
        "double[] g = parameters.get(k).grad().data();"
            + "for (int i = 0; i < g.length; i++) {"
            + " g[i] = Math.max(-maxNorm, Math.min(maxNorm, g[i])); }";
    return List.of(
        Slip.in(
            Bodies.GLOBAL_NORM, "no root", root, "return sum;", "norm is the square of the norm"),
        Slip.in(
                Bodies.GLOBAL_NORM,
                "norms summed",
                squares,
                "Math.sqrt(" + squares + ")",
                "is the sum of each parameter's norm")
            .and(Bodies.GLOBAL_NORM, root, "return sum;"),
        Slip.in(
            Bodies.GLOBAL_NORM,
            "last parameter only",
            "sum += Tied",
            "sum = Tied",
            "is of the last parameter only"),
        Slip.in(
            Bodies.GLOBAL_NORM,
            "mean of squares",
            root,
            "return Math.sqrt(sum / 12);",
            "is a mean"),
        Slip.in(
            Bodies.GLOBAL_NORM,
            "shared parameter counted twice",
            "Tied.listedBefore(parameters, k) ? 0 : ",
            "",
            "comes of a norm that counts w1 twice: it is one parameter"),
        Slip.in(
            Bodies.CLIP,
            "shared parameter scaled twice",
            "!Tied.listedBefore(parameters, k)",
            "k >= 0",
            "w1's gradient at [0,0] is scaled twice"),
        Slip.in(
            Bodies.CLIP,
            "norm of each parameter",
            scale,
            byItself + scale,
            "w1's gradient at [0,0] is scaled by its own norm"),
        Slip.in(
            Bodies.CLIP,
            "no 1e-6",
            rate,
            rate.replace("(norm + 1e-6)", "norm"),
            "without the 1e-6"),
        Slip.in(
            Bodies.CLIP,
            "upside down",
            scale,
            scale.replace("rate", "norm / maxNorm"),
            "the factor is maxNorm / norm, not norm / maxNorm"),
        Slip.in(
            Bodies.CLIP, "norm 1", scale, scale.replace("rate", "1 / (norm + 1e-6)"), "has norm 1"),
        Slip.in(
            Bodies.CLIP, "never", "rate < 1", "rate > 1", "is not scaled: this norm is 4 times"),
        Slip.in(Bodies.CLIP, "by value", scale, byValue, "is cut off entry by entry"),
        Slip.in(
            Bodies.CLIP,
            "norm after",
            "return norm;",
            "return globalNorm(parameters);",
            "the returned norm is the norm after clipping"),
        Slip.in(
            Bodies.CLIP,
            "scaled up",
            "rate < 1",
            "rate > 0",
            "is scaled up to maxNorm, though its norm was below"));
  }

  private static List<Slip> adam() {
    String change = "p[i] = keep * p[i] - rate * mi / (Math.sqrt(vi) * scale + epsilon);";
    String mean = "double rate = learningRate / (1 - StrictMath.pow(beta1, step));";
    String root = "double scale = 1 / Math.sqrt(1 - StrictMath.pow(beta2, step));";
    String rests = "double rest1 = 1 - beta1;\ndouble rest2 = 1 - beta2;";
    return List.of(
        Slip.in(
            Bodies.ADAM_ENTRIES,
            "uphill",
            change,
            change.replace("- rate", "+ rate"),
            "w1 after 1 update at [0,0] went uphill"),
        Slip.in(
                Bodies.ADAM_PAPER,
                "no bias correction",
                mean,
                "double rate = learningRate;",
                "misses the bias correction: m and v begin at 0")
            .and(Bodies.ADAM_PAPER, root, "double scale = 1;"),
        Slip.in(
            Bodies.ADAM_PAPER,
            "no correction of m",
            mean,
            "double rate = learningRate;",
            "misses the bias correction of m"),
        Slip.in(
            Bodies.ADAM_PAPER,
            "no correction of v",
            root,
            "double scale = 1;",
            "misses the bias correction of v"),
        Slip.in(
            Bodies.ADAM_PAPER,
            "correction without root",
            root,
            root.replace("Math.sqrt", ""),
            "corrects √v by 1 − β2ᵗ"),
        Slip.in(
            Bodies.ADAM_ENTRIES,
            "ε inside the root",
            change,
            "p[i] = keep * p[i] - rate * mi / Math.sqrt(vi * scale * scale + epsilon);",
            "has ε inside the root"),
        Slip.in(Bodies.ADAM_ENTRIES, "no ε", change, change.replace(" + epsilon", ""), "misses ε"),
        Slip.in(
            Bodies.ADAM_ENTRIES,
            "no root",
            change,
            change.replace("Math.sqrt(vi) * scale", "vi * scale * scale"),
            "misses the root of v"),
        Slip.in(Bodies.ADAM_PAPER, "no power", "step))", "1))", "uses t = 1 at every update"),
        Slip.in(Bodies.ADAM_PAPER, "step from 0", "step))", "step - 1))", "t counts from 1"),
        Slip.in(
            Bodies.ADAM_ENTRIES,
            "betas swapped",
            rests,
            "double rest1 = 1 - beta2; double rest2 = 1 - beta1;",
            "has the betas of m and v swapped"),
        Slip.in(
            Bodies.ADAM_ENTRIES,
            "β for 1 − β",
            rests,
            "double rest1 = beta1; double rest2 = beta2;",
            "has β and 1 − β swapped"),
        Slip.in(
            Bodies.ADAM_ENTRIES,
            "g for g²",
            "(g[i] * g[i] - v[i])",
            "(g[i] - v[i])",
            "has g for g² in v"),
        Slip.in(
            Bodies.ADAM_ENTRIES,
            "moments not kept",
            "m[i] = mi;\n  v[i] = vi;",
            "",
            "has forgotten m and v of the update before"),
        Slip.in(
                Bodies.ADAM_PAPER,
                "the book's place for ε",
                mean,
                "double rate = learningRate * Math.sqrt(1 - StrictMath.pow(beta2, step))"
                    + " / (1 - StrictMath.pow(beta1, step));",
                "adds ε to √v before its correction, as the book")
            .and(Bodies.ADAM_PAPER, root, "double scale = 1;"),
        Slip.in(
            Bodies.ADAM_ENTRIES,
            "keep forgotten",
            "keep * p[i]",
            "p[i]",
            "misses the decay of the weights"));
  }

  private static List<Slip> lstmForward() {
    String bias = "KERNEL.addRow(n, 4 * size, b.value().data(), a, aAt);";
    String c = "a[f + j] * cPrev[cPrevAt + at + j] + a[g + j] * a[i + j]";
    String h = "a[o + j] * tanhC[tanhCAt + at + j]";
    return List.of(
        Slip.in(Bodies.LSTM_ACTIVATE, "bias forgotten", bias, "", "c at [0,0] misses the bias"),
        Slip.in(
            Bodies.LSTM_FORWARD,
            "state forgotten",
            "a.addMatmul(hPrev, wh.value());",
            "",
            "knows nothing of the state before"),
        Slip.whole(
            Bodies.LSTM_ACTIVATE,
            "PyTorch's order",
            """
            int size = hiddenSize();
            KERNEL.addRow(n, 4 * size, b.value().data(), a, aAt);
            for (int row = 0; row < n; row++) {
              int i = aAt + row * 4 * size;
              int f = i + size;
              int g = f + size;
              int o = g + size;
              KERNEL.sigmoid(2 * size, a, i, a, i);
              KERNEL.tanh(size, a, g, a, g);
              KERNEL.sigmoid(size, a, o, a, o);
              for (int j = 0; j < size; j++) {
                int at = row * size + j;
                c[cAt + at] = a[f + j] * cPrev[cPrevAt + at] + a[g + j] * a[i + j];
                tanhC[tanhCAt + at] = StrictMath.tanh(c[cAt + at]);
                h[hAt + at] = a[o + j] * tanhC[tanhCAt + at];
              }
            }\
            """,
            "reads the gates in the order i, f, g, o (PyTorch, Keras): here they stand f, g, i, o"),
        Slip.in(
            Bodies.LSTM_ACTIVATE,
            "sigmoid for g",
            "KERNEL.tanh(size, a, g, a, g);",
            "KERNEL.sigmoid(size, a, g, a, g);",
            "has a sigmoid for the candidate"),
        Slip.in(
            Bodies.LSTM_ACTIVATE,
            "g unsquashed",
            "KERNEL.tanh(size, a, g, a, g);",
            "",
            "has the candidate unsquashed"),
        Slip.in(
            Bodies.LSTM_ACTIVATE,
            "c not carried on",
            c,
            "a[g + j] * a[i + j]",
            "has lost what the cell remembered"),
        Slip.in(
            Bodies.LSTM_ACTIVATE,
            "f forgotten",
            c,
            c.replace("a[f + j] * cPrev", "cPrev"),
            "never forgets"),
        Slip.in(
            Bodies.LSTM_ACTIVATE,
            "i forgotten",
            c,
            c.replace("a[g + j] * a[i + j]", "a[g + j]"),
            "lets the whole candidate in"),
        Slip.in(
            Bodies.LSTM_ACTIVATE,
            "1 − f",
            c,
            c.replace("a[f + j] * cPrev", "(1 - a[f + j]) * cPrev"),
            "keeps 1 − f"),
        Slip.in(
            Bodies.LSTM_ACTIVATE,
            "c not squashed",
            h,
            "a[o + j] * c[cAt + at + j]",
            "h at [0,0] is not squashed"),
        Slip.in(
            Bodies.LSTM_ACTIVATE,
            "o forgotten",
            h,
            "tanhC[tanhCAt + at + j]",
            "h at [0,0] is not gated"),
        Slip.in(
            Bodies.LSTM_FORWARD,
            "hPrev for cPrev",
            "activate(n, a.data(), 0, cPrev.data()",
            "activate(n, a.data(), 0, hPrev.data()",
            "takes hPrev for cPrev"),
        Slip.in(
            Bodies.LSTM_FORWARD,
            "new c cached",
            "new Cache(x, hPrev, cPrev, a, tanhC)",
            "new Cache(x, hPrev, cNext, a, tanhC)",
            "cache.cPrev at [0,0] is the new cell state"),
        Slip.in(
            Bodies.LSTM_FORWARD,
            "c cached for tanh(c)",
            "new Cache(x, hPrev, cPrev, a, tanhC)",
            "new Cache(x, hPrev, cPrev, a, cNext)",
            "cache.tanhC at [0,0] is c"));
  }

  private static List<Slip> lstmBackward() {
    Body cell = Bodies.LSTM_BACKWARD;
    Body gates = Bodies.LSTM_ACTIVATE_BACKWARD;
    String ds = "dc[dcAt + at + j] + dhj * o * (1 - tanh * tanh)";
    String dwh = "wh.grad().addMatmulTransA(cache.hPrev, da);";
    return List.of(
        Slip.in(
            gates,
            "dc not added",
            ds,
            "dhj * o * (1 - tanh * tanh)",
            "dcPrev at [0,0] knows nothing of dc"),
        Slip.in(gates, "dh not added", ds, "dc[dcAt + at + j]", "knows only dc"),
        Slip.in(
            gates,
            "slope of tanh(c)",
            ds,
            ds.replace(" * (1 - tanh * tanh)", ""),
            "misses the slope of tanh(c)"),
        Slip.in(gates, "o forgotten", ds, ds.replace("dhj * o", "dhj"), "misses the output gate"),
        Slip.in(gates, "f(1 − f)", " * (f * (1 - f))", "", "misses the slope f(1 − f) in da_f"),
        Slip.in(gates, "i(1 − i)", " * (i * (1 - i))", "", "misses the slope i(1 − i) in da_i"),
        Slip.in(gates, "o(1 − o)", " * (o * (1 - o))", "", "misses the slope o(1 − o) in da_o"),
        Slip.in(gates, "1 − g²", " * (1 - g * g)", "", "misses the slope 1 − g² in da_g"),
        Slip.in(
            gates,
            "sigmoid's slope of g",
            "(1 - g * g)",
            "(g * (1 - g))",
            "has the sigmoid's slope g(1 − g)"),
        Slip.in(
                gates,
                "g and i swapped",
                "ds * i * (1 - g * g)",
                "ds * g * (1 - g * g)",
                "has g and i swapped")
            .and(gates, "ds * g * (i * (1 - i))", "ds * i * (i * (1 - i))"),
        Slip.in(
            gates,
            "dcPrev without f",
            "dc[dcAt + at + j] = ds * f;",
            "dc[dcAt + at + j] = ds;",
            "dcPrev at [0,0] misses f"),
        Slip.in(
            gates,
            "ds in da_o",
            "dhj * tanh * (o * (1 - o))",
            "ds * tanh * (o * (1 - o))",
            "has ds for dh in da_o"),
        Slip.in(
                gates,
                "PyTorch's order",
                "a[gates + j] = ds * cPrev[cPrevAt + at + j] * (f * (1 - f));",
                "a[gates + size + j] = ds * cPrev[cPrevAt + at + j] * (f * (1 - f));",
                "has the gates in the order i, f, g, o: here they stand f, g, i, o")
            .and(
                gates,
                "a[gates + size + j] = ds * i * (1 - g * g);",
                "a[gates + 2 * size + j] = ds * i * (1 - g * g);")
            .and(
                gates,
                "a[gates + 2 * size + j] = ds * g * (i * (1 - i));",
                "a[gates + j] = ds * g * (i * (1 - i));"),
        Slip.in(
            cell, "dwh overwritten", dwh, "wh.zeroGrad();" + dwh, "dwh at [0,0] is overwritten"),
        Slip.in(cell, "dwh twice", dwh, dwh + dwh, "dwh at [0,0] is twice too large"),
        Slip.in(
            cell,
            "db of one sample",
            "b.grad().addColumnSums(da);",
            "for (int j = 0; j < da.cols(); j++) { b.grad().data()[j] += da.get(0, j); }",
            "the sum over the batch is missing"),
        Slip.in(
            cell,
            "cache changed",
            "cache.gates.copy()",
            "cache.gates",
            "cache.gates at [0,0] was changed"),
        Slip.in(
            cell,
            "missing transpose",
            "da.matmulTransB(wx.value())",
            "da.matmul(wx.value())",
            "is a transpose missing"));
  }

  private static List<Slip> gruForward() {
    Body step = Bodies.GRU_STEP_FORWARD;
    String h = "(1 - a[z + j]) * h[hAt + at + j] + a[z + j] * a[candidate + j]";
    return List.of(
        Slip.in(
            step,
            "z the other way round",
            h,
            "a[z + j] * h[hAt + at + j] + (1 - a[z + j]) * a[candidate + j]",
            "h at [0,0] has z the other way round, as PyTorch and Keras"),
        Slip.in(
            step,
            "1 − z forgotten",
            h,
            h.replace("(1 - a[z + j]) * h", "h"),
            "keeps all of the old"),
        Slip.in(
            step,
            "old state lost",
            h,
            "a[z + j] * a[candidate + j]",
            "keeps nothing of the old state"),
        Slip.in(
            step,
            "r forgotten",
            "a[r + j] * h[hAt + at + j]",
            "h[hAt + at + j]",
            "was never reset"),
        Slip.in(
            step,
            "sigmoid for the candidate",
            "KERNEL.tanh(size, a, candidate, a, candidate);",
            "KERNEL.sigmoid(size, a, candidate, a, candidate);",
            "has a sigmoid for the candidate"),
        Slip.in(
            step,
            "candidate unsquashed",
            "KERNEL.tanh(size, a, candidate, a, candidate);",
            "",
            "has the candidate unsquashed"),
        Slip.in(
            step,
            "gates without the state",
            "KERNEL.addMatmul(n, size, 2 * size, h, hAt, size, w, 0, gates, a, aAt, gates);",
            "",
            "has gates that do not see the state"),
        Slip.in(
                step,
                "z and r swapped",
                "int r = aAt + row * gates + size;",
                "int r = aAt + row * gates;",
                "reads the gates in the order r, z, h (PyTorch)")
            .and(step, h, h.replace("a[z + j]", "a[z + size + j]")),
        Slip.in(
            step,
            "bhn forgotten",
            "KERNEL.addRow(n, size, bhn.value().data(), product, productAt);",
            "",
            "misses bhn"),
        Slip.in(
            step,
            "r forgotten after the product",
            "a[r + j] * product[productAt + at + j]",
            "product[productAt + at + j]",
            "was never reset"));
  }

  private static List<Slip> gruBackward() {
    Body step = Bodies.GRU_STEP_BACKWARD;
    Body gradients = Bodies.GRU_RECURRENT_GRADIENTS;
    return List.of(
        Slip.in(
            step,
            "past the gates",
            "dh[dhAt + at + j] = dhj * (1 - z);",
            "dh[dhAt + at + j] = 0;",
            "dhPrev at [0,0] misses the straight way past the gates"),
        Slip.in(
            step,
            "through the gates",
            "KERNEL.addMatmul(n, 2 * size, size, a, aAt, gates, whTransposed, 0, size, dh, dhAt,"
                + " size);",
            "",
            "dhPrev at [0,0] misses what comes through the gates z and r"),
        Slip.in(
            step,
            "sign of da_z",
            "(hHat - h[hAt + at + j])",
            "(h[hAt + at + j] - hHat)",
            "has the sign of da_z wrong"),
        Slip.in(
            step,
            "hPrev forgotten in da_z",
            "(hHat - h[hAt + at + j])",
            "hHat",
            "forgets in da_z that z takes from hPrev"),
        Slip.in(
            step,
            "slope of tanh",
            " * (1 - hHat * hHat)",
            "",
            "misses the slope of tanh: was 1 − ĥ² forgotten?"),
        Slip.in(
            step,
            "sigmoid's slope",
            "(1 - hHat * hHat)",
            "(hHat * (1 - hHat))",
            "has the sigmoid's slope for the candidate"),
        Slip.in(step, "z in da_h", "dhj * z * (1 - hHat", "dhj * (1 - hHat", "misses z in da_h"),
        Slip.in(
            Bodies.GRU_RESET_BACKWARD,
            "r on the way back",
            "dh[dhAt + at + j] += dp * r;",
            "dh[dhAt + at + j] += dp;",
            "dhPrev at [0,0] misses r on the way back"),
        Slip.in(
            Bodies.GRU_RESET_BACKWARD,
            "through the candidate",
            "dh[dhAt + at + j] += dp * r;",
            "",
            "misses what comes through the candidate"),
        Slip.in(
            gradients,
            "dwh of hPrev",
            "size, rows, size, product, 0",
            "size, rows, size, h, 0",
            "has hPrev for the candidate's columns"),
        Slip.in(
            gradients,
            "dwh overwritten",
            "double[] dw = wh.grad().data();",
            "double[] dw = wh.grad().data(); wh.zeroGrad();",
            "dwh at [0,0] is overwritten"),
        Slip.in(
            gradients,
            "dbhn forgotten",
            "KERNEL.addColumnSums(rows, size, dProduct, 0, size, bhn.grad().data(), 0);",
            "",
            "dbhn at [0,0] is as it was before"),
        Slip.in(
            Bodies.GRU_RESET_AFTER_BACKWARD,
            "r on the way back, after the product",
            "dProduct[dProductAt + at + j] = da * r;",
            "dProduct[dProductAt + at + j] = da;",
            "misses r on the way back"),
        Slip.in(
            Bodies.GRU_BACKWARD,
            "db of one sample",
            "b.grad().addColumnSums(da);",
            "b.grad().add(da.columnSums().times(1.0 / n));",
            "db at [0,0] is 3 times too small"));
  }
}
