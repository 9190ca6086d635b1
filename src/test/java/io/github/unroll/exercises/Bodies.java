package io.github.unroll.exercises;

import java.util.List;

/** What each exercise takes out of the library, and what it says in its place. */
final class Bodies {

  static final Body RNN_FORWARD =
      new Body(
          1,
          "cell/RnnCell.java",
          "public Step forward(",
          null,
          """
          RnnCell.forward is not written yet. One step for a batch of N samples:
              a = x·wx + hPrev·wh + b        x (N,D)  hPrev (N,H)  wx (D,H)  wh (H,H)  b (1,H)
              h = tanh(a)
          Return new Step(h, new Cache(x, hPrev, h)). You have x.matmul(wx.value()),
          a.addMatmul(hPrev, wh.value()), a.addRow(b.value()), a.tanh(). Or leave b and tanh to
          activate, below.\
          """);
  static final Body RNN_ACTIVATE =
      new Body(
          1,
          "cell/RnnCell.java",
          "public void activate(",
          null,
          """
          RnnCell.activate is not written yet: the same on arrays, for TimeRnn.
              h[hAt + i·H + j] = tanh(a[aAt + i·H + j] + b[j])      i = 0 … n−1, j = 0 … H−1
          a already holds x·wx + hPrev·wh; read it, write h. You have b.value().data() and
          KERNEL.tanh(count, from, fromAt, to, toAt). The tests ask for TANH; RELU is a bonus.\
          """);
  static final Body RNN_BACKWARD =
      new Body(
          2,
          "cell/RnnCell.java",
          "public InputGradients backward(",
          null,
          """
          RnnCell.backward is not written yet. The step of exercise 1 in reverse:
              da = dh ⊙ (1 − h²)                h is cache.hNext()
              dx = da·wxᵀ     dhPrev = da·whᵀ
              dwx += xᵀ·da    dwh += hPrevᵀ·da    db += Σ over the batch of da
          Gradients of parameters are added to wx.grad(), wh.grad(), b.grad(). You have
          m.matmulTransB(w) for m·wᵀ, g.addMatmulTransA(m, da) for g += mᵀ·da,
          g.addColumnSums(da). dhNext is the caller's: do not write into it.\
          """);
  static final Body RNN_ACTIVATE_BACKWARD =
      new Body(
          2,
          "cell/RnnCell.java",
          "public void activateBackward(",
          null,
          """
          RnnCell.activateBackward is not written yet: the slope on arrays, for TimeRnn.
              da[daAt + i] = dh[dhAt + i] · (1 − h[hAt + i]²)       i = 0 … size−1
          The tests ask for TANH; RELU is a bonus.\
          """);
  static final Body LOOP_FORWARD =
      new Body(
          3,
          "layer/CellLoop.java",
          "public void forwardInto(",
          "for (int t = 0;",
          """
          CellLoop.forwardInto is not written yet: the loop over time. The lines above have put
          x·wx of all steps into `a` and the initial state into `states`.
              for every t from 0:  stepForward(t), then standStill(t) for sequences that ended
              copy the states after the steps, states[0] from n·hidden on, to hs (TimeMajor.copyOut)
              keepFinalState(), for a stateful layer\
          """);
  static final Body STEP_FORWARD =
      new Body(
          3,
          "layer/TimeRnn.java",
          "void stepForward(",
          null,
          """
          TimeRnn.stepForward is not written yet: step t of the loop.
              a[t] += h[t]·wh             h[t], the state before step t, is states[0] from t·n·hidden
              h[t+1] = tanh(a[t] + b)     cell.activate, of exercise 1
          The rows of one step lie side by side: everything of step t begins at t·n·hidden. You
          have wh.addMatmul(n, from, fromAt, to, toAt), which adds from·wh to `to`.\
          """);
  static final Body LOOP_BACKWARD =
      new Body(
          4,
          "layer/CellLoop.java",
          "public void backwardInto(",
          "for (int t = steps - 1;",
          """
          CellLoop.backwardInto is not written yet: the loop over time, from the last step back.
              for every t from steps − 1 down to 0:
                addOutputGradient(t): a state goes on to the next step and out of the layer
                stepBackward(t), or stepBackwardWhereActive(t) if a sequence has ended (t >= shortest)
          Each step leaves its da in `a`; then all steps at once, as their rows lie side by side:
              dwx += xᵀ·a    addRecurrentGradients()    db += column sums of a    dx = a·wxᵀ
          You have KERNEL.addMatmulTransA, .addColumnSums, .addMatmulTransB; width is G·H. Last:
          TimeMajor.copyOut(dx, 0, lengths, dxs) and backwardDone = true.\
          """);
  static final Body ADD_OUTPUT_GRADIENT =
      new Body(
          4,
          "layer/CellLoop.java",
          "private void addOutputGradient(",
          null,
          """
          CellLoop.addOutputGradient is not written yet:
              dh += dhs[t]            dh is dStates[0]; dhs of step t begins at t·n·hidden
          dh already holds what comes from step t + 1.\
          """);
  static final Body STEP_BACKWARD =
      new Body(
          4,
          "layer/TimeRnn.java",
          "void stepBackward(",
          null,
          """
          TimeRnn.stepBackward is not written yet: step t in reverse.
              a[t] = dh ⊙ (1 − h[t+1]²)    cell.activateBackward, of exercise 2; dh is dStates[0]
              dh   = a[t]·whᵀ              for step t − 1
          You have whTransposed.addMatmul(n, from, fromAt, to, toAt), which adds from·whᵀ to `to`:
          so clear dh first.\
          """);
  static final Body ADD_RECURRENT_GRADIENTS =
      new Body(
          4,
          "layer/TimeRnn.java",
          "void addRecurrentGradients(",
          null,
          """
          TimeRnn.addRecurrentGradients is not written yet: all steps share wh.
              dwh += Σ over t of h[t]ᵀ·a[t]      h[t] is the state before step t
          As the rows of all steps lie side by side this is one product of steps·n rows:
          KERNEL.addMatmulTransA(hidden, rows, hidden, h, 0, hidden, a, 0, hidden, dwh, 0, hidden)
          with dwh = cell.wh().grad().data().\
          """);
  static final Body LOSS_FORWARD =
      new Body(
          5,
          "loss/TimeSoftmaxWithLoss.java",
          "public double forward(",
          "double[] x = xs.data();",
          """
          TimeSoftmaxWithLoss.forward is not written yet. For every row (a step of a sample):
              loss = log Σ exp(x − max) − (x[label] − max)       0 where the label is IGNORE
              the result is the sum of these over `count`, the number of labels that count
          exponentiate(x, 0, rows), below, fills numerators, sums and scores. Labels are in
          this.labels. You have KERNEL.log(count, from, fromAt, to, toAt), KERNEL.sum(count, a, at).\
          """);
  static final Body EXPONENTIATE =
      new Body(
          5,
          "loss/TimeSoftmaxWithLoss.java",
          "private void exponentiate(",
          null,
          """
          TimeSoftmaxWithLoss.exponentiate is not written yet. For every row, which begins at row·v:
              numerators[row·v + j] = exp(x[row·v + j] − max)     max of this row, so that none is ∞
              sums[row]   = Σ over j of them
              scores[row] = x[row·v + label] − max                0 where the label is IGNORE
          You have KERNEL.max(count, a, at), KERNEL.exp(count, from, fromAt, to, toAt), KERNEL.sum.\
          """);
  static final Body LOSS_GRADIENT =
      new Body(
          5,
          "loss/TimeSoftmaxWithLoss.java",
          "private void gradient(",
          null,
          """
          TimeSoftmaxWithLoss.gradient is not written yet. For every row, which begins at row·v:
              dx = (y − onehot(label)) · scale       y = numerators / sums[row]
              dx = 0                                 where the label is IGNORE
          scale is dout / count already.\
          """);
  static final Body EMBEDDING_FORWARD =
      new Body(
          6,
          "layer/TimeEmbedding.java",
          "public void forwardInto(",
          "double[] table",
          """
          TimeEmbedding.forwardInto is not written yet:
              xs[n,t] = w[ids[n][t]]        for every n and t
          Row id of w begins at id·d in w.value().data(), (n,t) of xs at (n·steps + t)·d.\
          """);
  static final Body EMBEDDING_BACKWARD =
      new Body(
          6,
          "layer/TimeEmbedding.java",
          "public void backward(",
          "for (int n",
          """
          TimeEmbedding.backward is not written yet:
              dw[ids[n][t]] += dxs[n,t]     for every n and t
          A word that occurs twice collects both. w.addToGradRow(row, x, at) adds to a row of dw
          what begins at x[at]; the library uses it, so that rows of other words cost nothing.\
          """);
  static final Body GLOBAL_NORM =
      new Body(
          7,
          "optim/GradientClipping.java",
          "static double globalNorm(",
          null,
          """
          GradientClipping.globalNorm is not written yet:
              norm = √(Σ over all parameters and entries of g²)
          One norm, as of one long vector. You have sumOfSquares(parameter).\
          """);
  static final Body CLIP =
      new Body(
          7,
          "optim/GradientClipping.java",
          "static GradientClipping byGlobalNorm(",
          "double norm",
          """
          GradientClipping.byGlobalNorm is not written yet:
              rate = maxNorm / (norm + 1e-6)
              g ·= rate                     for all gradients, but only if rate < 1
          You have globalNorm(parameters), scale(parameter, rate), and Tied.listedBefore(parameters, k), for a
          shared parameter that the list holds twice: its gradient is scaled once. Return the norm before clipping.\
          """);
  static final Body ADAM_PAPER =
      new Body(
          8,
          "optim/AdamStep.java",
          "static AdamStep ofPaper(",
          null,
          """
          AdamStep.ofPaper is not written yet: what all entries share in step t (here `step`, from 1).
              rate = lr / (1 − β1ᵗ)                 scale = 1 / √(1 − β2ᵗ)
          Return new AdamStep(beta1, beta2, keep, rate, scale, epsilon). You have
          StrictMath.pow(beta1, step) and Math.sqrt.\
          """);
  static final Body ADAM_BOOK =
      new Body(
          8,
          "optim/AdamStep.java",
          "static AdamStep ofBook(",
          null,
          """
          AdamStep.ofBook is not written yet: the book adds ε to the root as it is.
              rate = lr · √(1 − β2ᵗ) / (1 − β1ᵗ)    scale = 1    keep = 1\
          """);
  static final Body ADAM_ENTRIES =
      new Body(
          8,
          "optim/AdamStep.java",
          "void over(",
          null,
          """
          AdamStep.over is not written yet. For every i from `from` to `to` − 1:
              m += (1 − β1)·(g − m)
              v += (1 − β2)·(g² − v)
              p = keep·p − rate · m / (√v · scale + ε)\
          """);
  static final Body LSTM_FORWARD =
      new Body(
          9,
          "cell/LstmCell.java",
          "public Step forward(",
          null,
          """
          LstmCell.forward is not written yet:
              a = x·wx + hPrev·wh             (N,4H), columns f, g, i, o
              then activate, below: it adds b and makes gates, c, tanh(c) and h
          Return new Step(h, c, new Cache(x, hPrev, cPrev, gates, tanhC)). activate turns `a` itself
          into the gates; c, tanhC and h are new Matrix(N, H), handed over by .data(), from 0.\
          """);
  static final Body LSTM_ACTIVATE =
      new Body(
          9,
          "cell/LstmCell.java",
          "public void activate(",
          null,
          """
          LstmCell.activate is not written yet. Row i of `a` begins at aAt + i·4H and holds four
          blocks of H in the order f, g, i, o; rows of the other arrays begin at their At + i·H.
              a += b (every row)
              f = σ(a_f)   g = tanh(a_g)   i = σ(a_i)   o = σ(a_o)       left in `a`
              c = f ⊙ cPrev + g ⊙ i        tanhC = tanh(c)        h = o ⊙ tanhC
          You have KERNEL.addRow(n, 4·H, b.value().data(), a, aAt), KERNEL.sigmoid and KERNEL.tanh
          (count, from, fromAt, to, toAt).\
          """);
  static final Body LSTM_BACKWARD =
      new Body(
          10,
          "cell/LstmCell.java",
          "public InputGradients backward(",
          null,
          """
          LstmCell.backward is not written yet:
              da, dcPrev by activateBackward, below, in copies of cache.gates() and dcNext
              dx = da·wxᵀ     dhPrev = da·whᵀ
              dwx += xᵀ·da    dwh += hPrevᵀ·da    db += Σ over the batch of da
          As in exercise 2. Return new InputGradients(dx, dhPrev, dcPrev).\
          """);
  static final Body LSTM_ACTIVATE_BACKWARD =
      new Body(
          10,
          "cell/LstmCell.java",
          "public void activateBackward(",
          null,
          """
          LstmCell.activateBackward is not written yet. `a` holds f, g, i, o (exercise 9 shows where)
          and gets their da; dc is turned into dcPrev. For every sample and unit:
              ds   = dc + dh ⊙ o ⊙ (1 − tanhC²)         what reaches c, from ahead and through h
              da_f = ds ⊙ cPrev ⊙ f(1 − f)     da_g = ds ⊙ i ⊙ (1 − g²)
              da_i = ds ⊙ g ⊙ i(1 − i)         da_o = dh ⊙ tanhC ⊙ o(1 − o)
              dcPrev = ds ⊙ f
          Read all four gates before you overwrite the first.\
          """);
  static final Body GRU_FORWARD =
      new Body(
          11,
          "cell/GruCell.java",
          "public Step forward(",
          null,
          """
          GruCell.forward is not written yet:
              a = x·wx                        (N,3H), columns z, r, h
              then stepForward, below: it turns `a` into the gates and fills product and h
          Return new Step(h, new Cache(x, hPrev, gates, product)); product and h are new
          Matrix(N, H), handed over by .data(), from 0.\
          """);
  static final Body GRU_STEP_FORWARD =
      new Body(
          11,
          "cell/GruCell.java",
          "public void stepForward(",
          null,
          """
          GruCell.stepForward is not written yet. Row i of `a` begins at aAt + i·3H: z, r, candidate.
              z, r: a_z += h·wh_z, a_r += h·wh_r, then addBiasAndSquashGates(n, a, aAt)
              bhn == null:  product = r ⊙ h               a_h += product·wh_h
              else:         product = h·wh_h + bhn        a_h += r ⊙ product
              addCandidateBias(n, a, aAt); ĥ = tanh(a_h), left in `a`
              hNext = (1 − z) ⊙ h + z ⊙ ĥ
          A block of wh's columns is a product with strides:
          KERNEL.addMatmul(n, H, 2·H, h, hAt, H, w, 0, 3·H, a, aAt, 3·H) adds h·(wh_z, wh_r) to
          (a_z, a_r); wh_h begins at w[2·H]. Clear product before you add to it. Write the first
          case first: its test comes first.\
          """);
  static final Body GRU_BACKWARD =
      new Body(
          12,
          "cell/GruCell.java",
          "public InputGradients backward(",
          null,
          """
          GruCell.backward is not written yet:
              stepBackward, below, turns a copy of cache.gates() into da, fills dProduct (N·H numbers)
              and turns a copy of dhNext into dhPrev; whTransposed is wh.value().transpose().data()
              dx = da·wxᵀ    dwx += xᵀ·da    db += Σ over the batch of da
              addRecurrentGradients(n, da, hPrev, product, dProduct), below
          Return new InputGradients(dx, dhPrev).\
          """);
  static final Body GRU_STEP_BACKWARD =
      new Body(
          12,
          "cell/GruCell.java",
          "public void stepBackward(",
          null,
          """
          GruCell.stepBackward is not written yet. `a` holds z, r, ĥ (exercise 11 shows where) and
          gets their da; dh is turned into dhPrev. For every sample and unit:
              da_z = dh ⊙ (ĥ − h) ⊙ z(1 − z)     da_h = dh ⊙ z ⊙ (1 − ĥ²)     dh = dh ⊙ (1 − z)
          then
              bhn == null:  dProduct = da_h·wh_hᵀ, and resetBackward, below
              else:         resetAfterBackward, below, and dh += dProduct·wh_hᵀ
              dh += da_z·wh_zᵀ + da_r·wh_rᵀ
          whTransposed (3H,H) holds wh_zᵀ, wh_rᵀ, wh_hᵀ one below the other: wh_hᵀ begins at 2·H·H.
          KERNEL.addMatmul(n, 2·H, H, a, aAt, 3·H, whTransposed, 0, H, dh, dhAt, H) is the last line.\
          """);
  static final Body GRU_RESET_BACKWARD =
      new Body(
          12,
          "cell/GruCell.java",
          "private void resetBackward(",
          null,
          """
          GruCell.resetBackward is not written yet. product = r ⊙ h, so for every sample and unit:
              dh  += dProduct ⊙ r
              da_r = dProduct ⊙ h ⊙ r(1 − r)         in place of r, at aAt + i·3H + H\
          """);
  static final Body GRU_RESET_AFTER_BACKWARD =
      new Body(
          12,
          "cell/GruCell.java",
          "private void resetAfterBackward(",
          null,
          """
          GruCell.resetAfterBackward is not written yet. The candidate holds r ⊙ product, so for every
          sample and unit:
              dProduct = da_h ⊙ r
              da_r     = da_h ⊙ product ⊙ r(1 − r)   in place of r, at aAt + i·3H + H\
          """);
  static final Body GRU_RECURRENT_GRADIENTS =
      new Body(
          12,
          "cell/GruCell.java",
          "public void addRecurrentGradients(",
          null,
          """
          GruCell.addRecurrentGradients is not written yet. Three blocks of columns of dwh:
              dwh_z, dwh_r += hᵀ·(da_z, da_r)
              bhn == null:  dwh_h += productᵀ·da_h
              else:         dwh_h += hᵀ·dProduct     dbhn += Σ over the rows of dProduct
          KERNEL.addMatmulTransA(H, rows, 2·H, h, 0, H, da, 0, 3·H, dw, 0, 3·H) is the first.\
          """);

  private static final List<Body> ALL =
      List.of(
          RNN_FORWARD,
          RNN_ACTIVATE,
          RNN_BACKWARD,
          RNN_ACTIVATE_BACKWARD,
          LOOP_FORWARD,
          STEP_FORWARD,
          LOOP_BACKWARD,
          ADD_OUTPUT_GRADIENT,
          STEP_BACKWARD,
          ADD_RECURRENT_GRADIENTS,
          LOSS_FORWARD,
          EXPONENTIATE,
          LOSS_GRADIENT,
          EMBEDDING_FORWARD,
          EMBEDDING_BACKWARD,
          CLIP,
          GLOBAL_NORM,
          ADAM_PAPER,
          ADAM_BOOK,
          ADAM_ENTRIES,
          LSTM_FORWARD,
          LSTM_ACTIVATE,
          LSTM_BACKWARD,
          LSTM_ACTIVATE_BACKWARD,
          GRU_FORWARD,
          GRU_STEP_FORWARD,
          GRU_BACKWARD,
          GRU_STEP_BACKWARD,
          GRU_RESET_BACKWARD,
          GRU_RESET_AFTER_BACKWARD,
          GRU_RECURRENT_GRADIENTS);

  private Bodies() {}

  static List<Body> of(String file) {
    return ALL.stream().filter(body -> body.file().equals(file)).toList();
  }

  static List<String> files() {
    return ALL.stream().map(Body::file).distinct().toList();
  }
}
