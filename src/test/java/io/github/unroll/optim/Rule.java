package io.github.unroll.optim;

import io.github.unroll.Golden;
import io.github.unroll.optim.Adam.EpsilonConvention;
import java.util.List;
import java.util.function.Function;

/** Every optimizer of the library, its golden figures and the names of its state. */
@SuppressWarnings("ImmutableEnumChecker") // the functions keep nothing
enum Rule {
  SGD("sgd", List.of(), g -> new Sgd(g.scalar("lr"))),
  MOMENTUM("momentum", List.of("v"), g -> new Momentum(g.scalar("lr"), g.scalar("momentum"))),
  NESTEROV("nesterov", List.of("v"), g -> new Nesterov(g.scalar("lr"), g.scalar("momentum"))),
  ADA_GRAD("adagrad", List.of("h"), g -> new AdaGrad(g.scalar("lr"), g.scalar("eps"))),
  RMS_PROP(
      "rmsprop",
      List.of("h"),
      g -> new RmsProp(g.scalar("lr"), g.scalar("decay_rate"), g.scalar("eps"))),
  ADAM_BOOK("adam", List.of("m", "v"), g -> adam(g, EpsilonConvention.BOOK)),
  ADAM_PAPER("adam_paper", List.of("m", "v"), g -> adam(g, EpsilonConvention.PAPER)),
  ADAM_W(
      "adamw",
      List.of("m", "v"),
      g ->
          new AdamW(
              g.scalar("lr"),
              g.scalar("weight_decay"),
              g.scalar("beta1"),
              g.scalar("beta2"),
              g.scalar("eps")));

  final List<String> stateNames;
  private final String file;
  private final Function<Golden, Optimizer> made;

  Rule(String file, List<String> stateNames, Function<Golden, Optimizer> made) {
    this.file = file;
    this.stateNames = stateNames;
    this.made = made;
  }

  private static Optimizer adam(Golden golden, EpsilonConvention convention) {
    return new Adam(
        golden.scalar("lr"), golden.scalar("beta1"), golden.scalar("beta2"), convention);
  }

  Golden golden() {
    return Golden.load("optim/" + file);
  }

  /** With the settings of the golden figures. */
  Optimizer optimizer() {
    return made.apply(golden());
  }
}
